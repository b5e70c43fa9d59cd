// Plays something through its dates: play and pause, a step back or on, a slider, a speed. It never starts by itself,
// stops at the newest date and when the page is not looked at. For those who ask for less motion it steps once a second
// at most, and nothing moves between two dates for anybody.

const CALM = matchMedia("(prefers-reduced-motion: reduce)");

export class Player {
  // root: the element of the template; show(step): draws a date, may give a promise that is waited for.
  constructor(root, show) {
    this.root = root;
    this.show = show;
    this.labels = JSON.parse(root.querySelector("[data-labels]").textContent);
    this.slider = root.querySelector("input[type=range]");
    this.said = root.querySelector("output");
    this.button = root.querySelector("[data-play]");
    this.speed = root.querySelector("select");
    this.step = Number(this.slider.value);
    this.timer = null;
    this.button.onclick = () => (this.timer === null ? this.play() : this.pause());
    root.querySelector("[data-before]").onclick = () => this.walk(-1);
    root.querySelector("[data-after]").onclick = () => this.walk(1);
    this.slider.oninput = () => this.jump(Number(this.slider.value));
    document.addEventListener("visibilitychange", () => document.hidden && this.pause());
    root.hidden = false;
  }

  get last() {
    return this.labels.length - 1;
  }

  // By hand: the date is read out.
  jump(step) {
    this.pause();
    this.said.setAttribute("aria-live", "polite");
    return this.stand(step);
  }

  walk(by) {
    return this.jump(Math.max(0, Math.min(this.last, this.step + by)));
  }

  async stand(step) {
    this.step = step;
    this.slider.value = step;
    this.slider.setAttribute("aria-valuetext", this.labels[step]);
    this.said.textContent = this.labels[step];
    await this.show(step);
  }

  play() {
    this.said.setAttribute("aria-live", "off");
    this.button.textContent = this.button.dataset.playing;
    this.timer = 0;
    if (this.step === this.last) this.step = -1;
    this.tick();
  }

  async tick() {
    if (this.timer === null) return;
    if (this.step >= this.last) return this.pause();
    await this.stand(this.step + 1);
    const rate = CALM.matches ? 1 : Number(this.speed.value);
    if (this.timer !== null) this.timer = setTimeout(() => this.tick(), 1000 / rate);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.button.textContent = this.button.dataset.paused;
  }
}
