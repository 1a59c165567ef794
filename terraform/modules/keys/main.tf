# One customer key per purpose of topology.json. Who may use a key is said by the services' policies; the key's own
# policy lets the account decide, and lets SNS and EventBridge encrypt what they carry to queues.

locals {
  topology = jsondecode(file("${path.module}/../../../topology.json"))

  carried_by_sns = distinct(concat(
    [for topic in values(local.topology.topics) : topic.kms_key],
    [for queue in values(local.topology.queues) : queue.kms_key if try(queue.topic, null) != null],
  ))

  carried_by_event_bus = distinct([
    for queue in values(local.topology.queues) : queue.kms_key if try(queue.event_sources, null) != null
  ])

  account_decides = {
    Sid       = "AccountDecides"
    Effect    = "Allow"
    Principal = { AWS = "arn:aws:iam::${var.account_id}:root" }
    Action    = "kms:*"
    Resource  = "*"
  }
  carriers = {
    for key in keys(local.topology.keys) : key => concat(
      contains(local.carried_by_sns, key) ? ["sns.amazonaws.com"] : [],
      contains(local.carried_by_event_bus, key) ? ["events.amazonaws.com"] : [],
    )
  }
  carriers_encrypt = {
    for key, carriers in local.carriers : key => {
      Sid       = "CarriersEncrypt"
      Effect    = "Allow"
      Principal = { Service = carriers }
      Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
      Resource  = "*"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }
  }
}

resource "aws_kms_key" "this" {
  for_each = local.topology.keys

  description             = each.key
  enable_key_rotation     = true
  deletion_window_in_days = 30
  # Two encoded documents rather than one list: the statements differ in shape, which a Terraform list refuses.
  policy = (
    length(local.carriers[each.key]) > 0
    ? jsonencode({ Version = "2012-10-17", Statement = [local.account_decides, local.carriers_encrypt[each.key]] })
    : jsonencode({ Version = "2012-10-17", Statement = [local.account_decides] })
  )

  lifecycle {
    prevent_destroy = true # what it encrypted would be lost with it
  }
}

resource "aws_kms_alias" "this" {
  for_each = aws_kms_key.this

  name          = "alias/${each.key}"
  target_key_id = each.value.key_id
}
