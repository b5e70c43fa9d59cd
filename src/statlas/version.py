"""The version of the software, written into every release it makes."""

VERSION = "0.1.0"
