# One installation of Laudo's keys, messaging, sending, storage and identities. The environments differ in numbers alone.

locals {
  topology = jsondecode(file("${path.module}/../../../topology.json"))

  # S3 names are shared by the whole world, so each account's buckets carry its number.
  bucket_names = { for name in keys(local.topology.buckets) : name => "${name}-${var.account_id}" }
}

module "keys" {
  source = "../keys"

  account_id = var.account_id
}

module "messaging" {
  source = "../messaging"

  account_id             = var.account_id
  region                 = local.topology.region
  key_arns               = module.keys.arns
  alarm_actions          = var.alarm_actions
  oldest_message_alarm_s = var.oldest_message_alarm_s
}

module "sending" {
  source = "../sending"

  account_id = var.account_id
  region     = local.topology.region
}

module "storage" {
  source = "../storage"

  key_arns     = module.keys.arns
  bucket_names = local.bucket_names
}

module "identity" {
  source = "../identity"

  account_id   = var.account_id
  region       = local.topology.region
  key_arns     = module.keys.arns
  bucket_names = local.bucket_names
  cluster_name = var.cluster_name
}
