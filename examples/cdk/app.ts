// The functions of examples/minimal in a stack of CDK, with a table that the worker may use.
// First: cargo redrive package -p minimal --release
import { App, Stack } from "aws-cdk-lib";
import { AttributeType, Table } from "aws-cdk-lib/aws-dynamodb";
import { Role } from "aws-cdk-lib/aws-iam";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { CfnInclude } from "aws-cdk-lib/cloudformation-include";

const folder = process.env.PACKAGED ?? "../../target/redrive/minimal";
const stack = new Stack(new App(), "minimal");
const code = new Asset(stack, "Code", { path: `${folder}/minimal/bootstrap.zip` });
const functions = new CfnInclude(stack, "Functions", {
  templateFile: `${folder}/template.cdk.json`,
  parameters: { MinimalCodeBucket: code.s3BucketName, MinimalCodeKey: code.s3ObjectKey },
});
const role = Role.fromRoleName(stack, "WorkerRole", functions.getResource("GreetWorkerRole").ref);
const partitionKey = { name: "name", type: AttributeType.STRING };
new Table(stack, "Greeted", { partitionKey }).grantReadWriteData(role);
