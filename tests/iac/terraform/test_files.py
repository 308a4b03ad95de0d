"""Functions that read files see what Terraform would see, inside of what is checked."""

from __future__ import annotations

import json

from scanner.model.unresolved import Unresolved
from tests.iac.terraform.repository import Repository


def test_files_and_templates(repository: Repository) -> None:
    read = repository.read(
        {
            "live/main.tf": 'module "m" {\n  source = "../m"\n}\n',
            "m/main.tf": """
                variable "u" {}
                resource "aws_x" "a" {
                  file     = file("${path.module}/policy.json")
                  template = templatefile("${path.module}/t.tftpl", { days = 7, names = ["a", "b"] })
                  open     = templatefile("${path.module}/t.tftpl", { days = local.open, names = [] })
                  decoded  = jsondecode(file("${path.module}/policy.json")).days
                  outside  = file("../../secret")
                  missing  = try(file("${path.module}/none"), "else")
                }
                resource "aws_y" "y" {}
                locals {
                  open = aws_y.y.endpoint
                }
            """,
            "m/policy.json": json.dumps({"days": 35}),
            "m/t.tftpl": "%{ for n in names }${n}-%{ endfor }${days}",
            "../secret": "hunter2",
        },
        "live",
    )
    address = "module.m.aws_x.a"
    assert read.value("file", address) == '{"days": 35}'
    assert read.value("template", address) == "a-b-7"
    assert isinstance(read.value("open", address), Unresolved)
    assert read.value("decoded", address) == 35
    assert isinstance(read.value("outside", address), Unresolved)
    assert isinstance(read.value("missing", address), Unresolved), "it may be written before Terraform runs"
    assert read.code.files == ["live/main.tf", "m/main.tf", "m/policy.json", "m/t.tftpl"]
