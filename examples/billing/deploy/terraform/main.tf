# The functions of one stage, which is the workspace's name, with their key and the bucket of
# the statements. The topic belongs to the shop.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

data "aws_caller_identity" "current" {}

data "aws_sns_topic" "orders" {
  name = "orders-${terraform.workspace}"
}

module "billing" {
  source            = "../../target/redrive/billing"
  name_prefix       = "${terraform.workspace}-"
  stage             = terraform.workspace
  orders_topic_arn  = data.aws_sns_topic.orders.arn
  key_arn           = aws_kms_key.billing.arn
  statements_bucket = aws_s3_bucket.statements.id
  tags              = { stage = terraform.workspace }
}

resource "aws_s3_bucket" "statements" {
  bucket = "statements-${terraform.workspace}-${data.aws_caller_identity.current.account_id}"
}

resource "aws_s3_bucket_notification" "statements" {
  bucket = aws_s3_bucket.statements.id
  queue {
    queue_arn     = module.billing.reconcile_queue_arn
    events        = ["s3:ObjectCreated:*"]
    filter_suffix = ".csv"
  }
  # S3 tests whether it may send.
  depends_on = [module.billing]
}

resource "aws_kms_key" "billing" {
  description         = "Messages of billing"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
}

data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.current.account_id]
    }
  }
  # What the functions' stack.md asks for: the topic and the bucket send to queues with this key.
  statement {
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com", "sns.amazonaws.com"]
    }
  }
}
