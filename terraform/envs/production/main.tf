# production: an AWS account of its own. `terraform init -backend-config=bucket=<state bucket>`.

terraform {
  required_version = "~> 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  backend "s3" {
    key          = "laudo/production.tfstate"
    region       = "sa-east-1"
    encrypt      = true
    use_lockfile = true
  }
}

locals {
  topology = jsondecode(file("${path.module}/../../../topology.json"))
}

provider "aws" {
  region              = local.topology.region
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = { product = "laudo", environment = "production" }
  }
}

module "laudo" {
  source = "../../modules/stack"

  account_id             = var.account_id
  cluster_name           = "laudo-production"
  alarm_actions          = var.alarm_actions
  oldest_message_alarm_s = 300
}
