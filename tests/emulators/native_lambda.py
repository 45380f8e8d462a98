"""LocalStack with its Lambda functions as host processes instead of containers, and with
moto's DynamoDB instead of one that is downloaded and needs Java.

Run with the Python of LocalStack's environment; its configuration comes from
the environment variables that LocalStack documents.
"""

import shutil
import tempfile
from pathlib import Path

from localstack.services.lambda_.invocation import runtime_executor
from localstack.services.lambda_.invocation.lambda_models import InvocationResult

from runtime_api import Invocation, Runtime


class HostProcess(runtime_executor.RuntimeExecutor):
    """Runs one execution environment's `bootstrap` beside LocalStack itself."""

    def __init__(self, id, function_version):
        super().__init__(id, function_version)
        self.runtime = None
        self.folder = None

    def start(self, env_vars):
        config = self.function_version.config
        self.folder = Path(tempfile.mkdtemp(prefix="function-"))
        unzipped = config.code.get_unzipped_code_location()
        shutil.copytree(unzipped, self.folder, dirs_exist_ok=True)
        (self.folder / "bootstrap").chmod(0o755)
        self.runtime = Runtime(self.folder, env_vars, config.timeout)
        self.runtime.start()

    def stop(self):
        if self.runtime:
            self.runtime.stop()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def invoke(self, payload):
        id = payload["invoke-id"]
        failed, body = self.runtime.invoke(
            Invocation(
                id=id,
                payload=payload["payload"].encode(),
                function_arn=payload["invoked-function-arn"],
                trace=payload["trace-id"],
            )
        )
        return InvocationResult(id, body, is_error=failed, logs="")

    def get_address(self):
        return "127.0.0.1"

    def get_endpoint_from_executor(self):
        return "127.0.0.1"

    def get_runtime_endpoint(self):
        # Only LocalStack's own container entry point reports here.
        return ""

    def get_logs(self):
        return ""

    @classmethod
    def prepare_version(cls, function_version):
        function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version):
        pass


# Before anything else of LocalStack is imported: its modules take the function
# by name.
runtime_executor.get_runtime_executor = lambda: HostProcess

from localstack.aws.api.dynamodb import DynamodbApi  # noqa: E402
from localstack.runtime.main import main  # noqa: E402
from localstack.services.moto import MotoFallbackDispatcher  # noqa: E402
from localstack.services.plugins import SERVICE_PLUGINS, Service  # noqa: E402

SERVICE_PLUGINS.add_service(
    Service.for_provider(DynamodbApi(), dispatch_table_factory=MotoFallbackDispatcher)
)
main()
