"""A Terraform module, applied from a configuration of a user."""

import json
import os
import subprocess
from pathlib import Path

CONFIGURATION = Path("configuration")


class Module:
    """The module of a package, in the terms of a stack: names are logical ids."""

    def __init__(self, packaged):
        self.name = packaged["package"]
        CONFIGURATION.mkdir()
        folder = os.path.relpath(packaged["folder"], CONFIGURATION)
        source = folder if folder.startswith("../") else f"./{folder}"
        configuration = {
            "provider": {
                "aws": {
                    "region": os.environ["AWS_REGION"],
                    "skip_credentials_validation": True,
                    "skip_metadata_api_check": True,
                }
            },
            "module": {self.name: {"source": source, "tags": {"stage": "test"}}},
            "output": {"all": {"value": f"${{module.{self.name}}}"}},
        }
        (CONFIGURATION / "main.tf.json").write_text(json.dumps(configuration))
        for command in ("init", "validate", "plan -out=planned", "apply planned"):
            self.terraform(*command.split())
        self.check_that_nothing_is_left_to_do()

    def check_that_nothing_is_left_to_do(self):
        self.terraform("plan", "-out=again")
        changes = json.loads(self.terraform("show", "-json", "again"))["resource_changes"]
        for one in changes:
            before, after = (one["change"][side] for side in ("before", "after"))
            changed = {name for name in after if before.get(name) != after[name]}
            if one["type"] == "aws_cloudwatch_metric_alarm":
                # LocalStack does not list the tags of an alarm.
                changed -= {"tags", "tags_all"}
            assert not changed, one

    def terraform(self, *command):
        done = subprocess.run(
            [os.environ["TERRAFORM"], *command],
            cwd=CONFIGURATION,
            env=os.environ | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def outputs(self):
        values = json.loads(self.terraform("output", "-json"))["all"]["value"]
        return {pascal(name): value for name, value in values.items()}

    def resources(self):
        """The physical id of each resource."""
        state = json.loads(self.terraform("show", "-json"))
        (module,) = state["values"]["root_module"]["child_modules"]
        return {
            pascal(one["name"]): one["values"]["id"]
            for one in module["resources"]
            if one["mode"] == "managed" and not one["type"].startswith("aws_iam_role_policy")
        }

    def destroy(self):
        self.terraform("destroy", "-auto-approve")
        state = json.loads(self.terraform("show", "-json"))
        assert not state.get("values", {}).get("root_module"), state


def pascal(name):
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))
