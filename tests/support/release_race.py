"""A process of its own that does one thing to a release, as one of several that do so at the same moment.

``python release_race.py HOME RELEASE ACT EMAIL START``: it waits until START (seconds since 1970), acts, and prints
``done`` or the code of what refused it.
"""

import os
import sys
import time
from pathlib import Path


def main() -> None:
    """Act once."""
    home, release_id, act, email, start = sys.argv[1:]
    os.environ |= {"STATLAS_HOME": home, "DJANGO_SETTINGS_MODULE": "statlas.web.settings"}

    import django  # noqa: PLC0415 - the settings come first

    django.setup()

    from statlas.errors import StatlasError  # noqa: PLC0415
    from statlas.service.office.actors import Actor  # noqa: PLC0415
    from statlas.service.office.releases import acting  # noqa: PLC0415
    from statlas.store import Home  # noqa: PLC0415

    actor = Actor.named(email, os_user="")
    given = {} if act == "check" else {"reason": f"{email} says so."}
    time.sleep(max(float(start) - time.time(), 0))
    try:
        getattr(acting, act)(home=Home(Path(home)), release_id=release_id, actor=actor, **given)
    except StatlasError as refused:
        print(refused.code)  # noqa: T201 - it speaks to the test
    else:
        print("done")  # noqa: T201


if __name__ == "__main__":
    main()
