mock_provider "aws" {}

variables {
  key_arns = {
    laudo-reports = "arn:aws:kms:sa-east-1:111122223333:key/reports"
    laudo-audit   = "arn:aws:kms:sa-east-1:111122223333:key/audit"
  }
  bucket_names = { laudo-reports = "laudo-reports-111122223333" }
}

run "buckets_are_private_versioned_encrypted_and_tls_only" {
  command = plan

  assert {
    condition     = aws_s3_bucket.this["laudo-reports"].bucket == "laudo-reports-111122223333"
    error_message = "The bucket's own name is not used."
  }
  assert {
    condition = alltrue([
      for block in values(aws_s3_bucket_public_access_block.this) :
      block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets
    ]) && length(aws_s3_bucket_public_access_block.this) == length(local.buckets)
    error_message = "A bucket could be made public."
  }
  assert {
    condition     = aws_s3_bucket_versioning.this["laudo-reports"].versioning_configuration[0].status == "Enabled"
    error_message = "Reports need versions."
  }
  assert {
    condition = one([
      for rule in aws_s3_bucket_server_side_encryption_configuration.this["laudo-reports"].rule :
      rule.apply_server_side_encryption_by_default[0].kms_master_key_id
    ]) == var.key_arns["laudo-reports"]
    error_message = "Reports are not encrypted with their own key."
  }
  assert {
    condition = alltrue([
      for policy in values(aws_s3_bucket_policy.this) :
      jsondecode(policy.policy).Statement[0].Effect == "Deny"
      && jsondecode(policy.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
    ])
    error_message = "A bucket could be read without TLS."
  }
}

run "the_audit_bucket_is_locked_and_no_other" {
  command = plan

  assert {
    condition = (
      keys(aws_s3_bucket_object_lock_configuration.this) == ["laudo-audit"]
      && aws_s3_bucket.this["laudo-audit"].object_lock_enabled
      && one(aws_s3_bucket_object_lock_configuration.this["laudo-audit"].rule).default_retention[0].mode == "COMPLIANCE"
      && aws_s3_bucket_versioning.this["laudo-audit"].versioning_configuration[0].status == "Enabled"
    )
    error_message = "Exported audit segments could be deleted."
  }
}

run "tables_are_on_demand_restorable_and_indexed_as_declared" {
  command = plan

  assert {
    condition = alltrue([
      for table in values(aws_dynamodb_table.this) :
      table.billing_mode == "PAY_PER_REQUEST" && table.point_in_time_recovery[0].enabled
      && table.deletion_protection_enabled && table.server_side_encryption[0].enabled
    ]) && toset(keys(aws_dynamodb_table.this)) == toset(keys(local.topology.tables))
    error_message = "A table could be lost."
  }
  assert {
    condition = alltrue([
      for name, table in aws_dynamodb_table.this :
      sort([for index in table.global_secondary_index : index.name]) == sort(keys(try(local.topology.tables[name].indexes, {})))
    ])
    error_message = "An index of topology.json is missing."
  }
  assert {
    condition     = aws_dynamodb_table.this["laudo-files"].ttl[0].attribute_name == "expires_at"
    error_message = "Expired items would stay."
  }
}
