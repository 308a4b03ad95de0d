"""`Fn::ForEach` makes what CloudFormation makes of it; a loop over what is open stands for one that may not be."""

from __future__ import annotations

from pathlib import Path

from scanner.model.unresolved import Unresolved
from tests.iac.cloudformation.written import block, read, values, why


def test_resources_of_a_loop(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        """\
        Transform: AWS::LanguageExtensions
        Parameters: {Names: {Type: CommaDelimitedList, Default: 'Alpha,Beta'}}
        Resources:
          Fn::ForEach::Vaults:
            - Name
            - !Ref Names
            - Vault${Name}:
                Type: AWS::Backup::BackupVault
                DeletionPolicy: Retain
                Properties:
                  BackupVaultName: !Sub "v-${Name}-${AWS::Region}"
                  Plain: "x-${Name}"
                  Ref: !Ref Name
                  Topic: !GetAtt "Topic${Name}.TopicArn"
              Topic${Name}: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Name}}
        """,
    )
    assert not code.problems
    assert [one.address for one in code.blocks] == ["VaultAlpha", "TopicAlpha", "VaultBeta", "TopicBeta"]
    found = values(code, "VaultBeta")
    assert found["BackupVaultName"] == "v-Beta-?region"
    assert found["Plain"] == "x-Beta"
    assert found["Ref"] == "Beta"
    assert found["DeletionPolicy"] == "Retain"
    spot = block(code, "VaultBeta").spots(("Plain",))
    assert spot is not None
    assert spot.line == 12


def test_loops_in_loops_outputs_conditions_and_properties(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        """
        Mappings: {M: {a: {list: [one, t-w-o]}}}
        Conditions:
          Fn::ForEach::Conditions: [N, [X, Y], {"Is${N}": !Equals [!Ref N, X]}]
        Resources:
          Fn::ForEach::Outer:
            - A
            - [P, Q]
            - Fn::ForEach::Inner:
                - B
                - !FindInMap [M, a, list]
                - Table${A}&{B}:
                    Type: T
                    Properties:
                      Name: !Sub "${A}-${B}"
                      Fn::ForEach::Props: [C, [k, l], {"Key${C}": "${A}${B}${C}"}]
          Fn::ForEach::Conditional: [N, [X, Y], {"On${N}": {Type: T, Condition: "Is${N}"}}]
        """,
    )
    addresses = [one.address for one in code.blocks]
    assert addresses == ["TablePone", "TablePtwo", "TableQone", "TableQtwo", "OnX"]
    assert values(code, "TableQtwo") == {"Name": "Q-t-w-o", "Keyk": "Qt-w-ok", "Keyl": "Qt-w-ol"}


def test_a_loop_over_what_is_open_is_read_once_with_a_doubt(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        """\
        Parameters: {Names: {Type: CommaDelimitedList}}
        Resources:
          Fn::ForEach::Vaults:
            - Name
            - !Ref Names
            - Vault${Name}: {Type: V, Properties: {P: "${Name}", Q: 1, R: {"k${Name}": 1}}}
          Other: {Type: X}
        """,
    )
    assert [one.address for one in code.blocks] == ["Vault${Name}", "Other"]
    vault = block(code, "Vault${Name}")
    assert why(vault.doubt) == "Fn::ForEach::Vaults goes through what is open: parameter Names has no value (t.yaml:1)"
    found = values(code, "Vault${Name}")
    assert isinstance(found["P"], Unresolved)
    assert found["Q"] == 1
    assert block(code, "Other").doubt is None


def test_a_loop_in_properties_over_what_is_open_leaves_them_open(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        """
        Parameters: {Names: {Type: CommaDelimitedList}}
        Resources:
          It:
            Type: X
            Properties:
              A: 1
              Fn::ForEach::L: [N, !Ref Names, {"${N}": 1}]
              In: {B: 1, Fn::ForEach::L: [N, !Ref Names, {"${N}": 1}]}
        """,
    )
    it = block(code, "It")
    assert it.find("A").value == 1
    assert isinstance(it.find("Other").value, Unresolved)
    assert isinstance(it.find("In.Other").value, Unresolved)


def test_a_loop_that_is_none_is_told(tmp_path: Path) -> None:
    code = read(
        tmp_path,
        """\
        Resources:
          Fn::ForEach::One: [N, [a]]
          Fn::ForEach::Two: {a: b}
          Fn::ForEach::Three: [N, [[a]], {"A${N}": {Type: X}}]
          It: {Type: X, Properties: {A: {B: 1, Fn::ForEach::Four: nonsense}}}
        """,
    )
    assert [(one.spot.line, one.broken) for one in code.problems] == [(2, True), (3, True)]
    assert [one.address for one in code.blocks] == ["A${N}", "It"]
    assert block(code, "A${N}").doubt is not None
    assert isinstance(values(code, "It")["A"], Unresolved)


def test_loops_that_make_too_much_end(tmp_path: Path) -> None:
    names = ", ".join(f"v{n}" for n in range(60))
    inner = '{"T${A}${B}${C}": {Type: X}}'
    text = f"""
Resources:
  Fn::ForEach::A:
    - A
    - [{names}]
    - Fn::ForEach::B: [B, [{names}], {{Fn::ForEach::C: [C, [{names}], {inner}]}}]
"""
    code = read(tmp_path, text)
    assert len(code.blocks) < 21_000
    assert any("makes more than 20,000 entries" in one.message for one in code.problems)


def test_two_loops_that_make_the_same_name(tmp_path: Path) -> None:
    code = read(tmp_path, 'Resources:\n  Fn::ForEach::A: [N, [a, a], {"T${N}": {Type: X}}]\n')
    assert len(code.blocks) == 1
    assert code.problems[0].message == "Ta is declared twice; the second is not read"
