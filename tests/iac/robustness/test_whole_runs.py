"""Whole runs over what nobody would write: they end in time, with a code, and with reports that can be read."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ElementTree  # what is read was written by the product
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.cli.formats import ALL
from tests.iac.gate.desk import Desk
from tests.iac.robustness.bounds import within
