"""What things are: the field's nouns as frozen classes, equal by value, validated when built.

No file, clock or chance lives here, and nothing of Statlas is imported but ``errors``.
"""
