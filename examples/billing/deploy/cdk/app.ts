// The functions of one stage, with their key and the bucket of the statements. The topic
// belongs to the shop. First: cargo redrive package -p billing --release --arm64
import { App, Aws, Stack } from "aws-cdk-lib";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { CfnBucket } from "aws-cdk-lib/aws-s3";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { CfnInclude } from "aws-cdk-lib/cloudformation-include";

const stage = process.env.STAGE ?? "dev";
const folder = process.env.PACKAGED ?? "../../target/redrive/billing";
const stack = new Stack(new App(), `billing-${stage}`);
const key = new Key(stack, "Key", { enableKeyRotation: true });
for (const service of ["s3", "sns"]) {
  key.grantEncryptDecrypt(new ServicePrincipal(`${service}.amazonaws.com`));
}
const bucketName = `statements-${stage}-${Aws.ACCOUNT_ID}`;
const parameters: Record<string, string> = {
  NamePrefix: `${stage}-`,
  Stage: stage,
  OrdersTopicArn: stack.formatArn({ service: "sns", resource: `orders-${stage}` }),
  KeyArn: key.keyArn,
  StatementsBucket: bucketName,
};
for (const name of ["Book", "Invoice", "Reconcile"]) {
  const path = `${folder}/${name.toLowerCase()}/bootstrap.zip`;
  const code = new Asset(stack, `${name}Code`, { path });
  parameters[`${name}CodeBucket`] = code.s3BucketName;
  parameters[`${name}CodeKey`] = code.s3ObjectKey;
}
const templateFile = `${folder}/template.cdk.json`;
const functions = new CfnInclude(stack, "Functions", { templateFile, parameters });
const statements = {
  event: "s3:ObjectCreated:*",
  queue: functions.getResource("ReconcileQueue").getAtt("Arn").toString(),
  filter: { s3Key: { rules: [{ name: "suffix", value: ".csv" }] } },
};
const notificationConfiguration = { queueConfigurations: [statements] };
const bucket = new CfnBucket(stack, "Statements", { bucketName, notificationConfiguration });
// S3 tests whether it may send.
bucket.addDependency(functions.getResource("ReconcileQueuePolicy"));
