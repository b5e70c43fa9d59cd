"""Disclosure control: arrays in, arrays out.

Rules of the room: nothing here opens a file, a connection or a clock.
Keys, secrets and random generators are arguments; nothing keeps them after the call.
Nothing here is imported eagerly, so that a reader of one module pays for that module alone.

From raw to printed number::

    keys -> lookup (with siphash and a ptable) -> perturbed counts -> printing, inherit, groups
    dominance, lookup -> magnitude -> sums (weights likewise) -> published_units
    entropy -> generation -> ptable -> presets -> policy
"""
