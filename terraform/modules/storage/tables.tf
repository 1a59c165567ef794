# Tables: on demand, restorable to any second of the last 35 days, protected from deletion.

locals {
  key_parts = {
    for name, table in local.topology.tables : name => distinct(compact(flatten([
      for item in concat([table], values(try(table.indexes, {}))) : [item.partition_key, try(item.sort_key, null)]
    ])))
  }
}

resource "aws_dynamodb_table" "this" {
  for_each = local.topology.tables

  name                        = each.key
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = each.value.partition_key
  range_key                   = try(each.value.sort_key, null)
  deletion_protection_enabled = true

  dynamic "attribute" {
    for_each = local.key_parts[each.key]
    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = try(each.value.indexes, {})
    content {
      name            = global_secondary_index.key
      hash_key        = global_secondary_index.value.partition_key
      range_key       = try(global_secondary_index.value.sort_key, null)
      projection_type = try(global_secondary_index.value.projection, "ALL")
    }
  }

  dynamic "ttl" {
    for_each = try([each.value.ttl_attribute], [])
    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true # with the account's own key unless topology.json names one
    kms_key_arn = try(var.key_arns[each.value.kms_key], null)
  }
}
