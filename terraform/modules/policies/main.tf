# What each service may do in AWS, derived from topology.json. A pure function: no provider, no resource, so that
# a test can compare it with the policies of the local emulator's users (infra/local/provision/policies.py).

locals {
  topology = jsondecode(file("${path.module}/../../../topology.json"))

  arn        = "arn:aws:%s:${var.region}:${var.account_id}:%s"
  topic_arns = { for name in keys(local.topology.topics) : name => format(local.arn, "sns", name) }
  queue_arns = { for name in keys(local.topology.queues) : name => format(local.arn, "sqs", name) }
  table_arns = { for name in keys(local.topology.tables) : name => format(local.arn, "dynamodb", "table/${name}") }
  bucket_arns = {
    for name in keys(local.topology.buckets) : name => "arn:aws:s3:::${lookup(var.bucket_names, name, name)}"
  }

  publish = ["sns:Publish"]
  send    = ["sqs:SendMessage", "sqs:GetQueueUrl"]
  consume = [
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:SendMessage", # a message that failed, or is in hand while a dependency is down, is sent again, delayed
    "sqs:GetQueueUrl",
    "sqs:GetQueueAttributes",
  ]
  # What failed for good is put there; administrators look at it, send it back or discard it.
  dead_letters = [
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueUrl",
    "sqs:GetQueueAttributes",
  ]
  objects = [
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutObject",
    "s3:GetObjectAttributes",
    "s3:PutObjectTagging",
    "s3:GetObjectTagging",
  ]
  bucket = ["s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketLocation"]
  # What no law keeps: drafts, in every stored version. Signed reports have other names.
  erase_drafts = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
  # An append-only bucket: each service under its own prefix. What was put is read, never deleted, never unlocked.
  append = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
  look   = ["s3:ListBucket", "s3:ListBucketVersions"]
  never = [
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectRetention",
    "s3:PutObjectLegalHold",
    "s3:BypassGovernanceRetention",
    "s3:PutBucketObjectLockConfiguration",
  ]
  # The audit facts among a table's items: put once. A batch may delete, and a partition's prefix is all IAM can tell.
  change_items = ["dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"]
  audit_items  = { "ForAnyValue:StringLike" = { "dynamodb:LeadingKeys" = ["AUDIT*"] } }
  table = [
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:Query",
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DescribeTable",
  ]
  key = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"]
}

locals {
  topics_of = {
    for service in keys(local.topology.services) : service =>
    [for name, topic in local.topology.topics : local.topic_arns[name] if topic.producer == service]
  }
  inboxes_of = {
    for service in keys(local.topology.services) : service =>
    [for name, queue in local.topology.queues : local.queue_arns[name] if queue.consumer == service]
  }
  dead_letters_of = {
    for service, own in local.inboxes_of : service =>
    [for arn in own : "${arn}${local.topology.queue_settings.dead_letter_suffix}"]
  }
  outboxes_of = {
    for service in keys(local.topology.services) : service => [
      for name, queue in local.topology.queues : local.queue_arns[name]
      if contains(try(queue.senders, []), service) && queue.consumer != service
    ]
  }
  buckets_of = {
    for service in keys(local.topology.services) : service =>
    [for name, bucket in local.topology.buckets : local.bucket_arns[name] if try(bucket.owner, "") == service]
  }
  appends_of = {
    for service in keys(local.topology.services) : service =>
    [for name, bucket in local.topology.buckets : local.bucket_arns[name] if contains(try(bucket.appenders, []), service)]
  }
  bare_tables_of = {
    for service in keys(local.topology.services) : service =>
    [for name, table in local.topology.tables : local.table_arns[name] if table.owner == service]
  }
  tables_of = {
    for service in keys(local.topology.services) : service => flatten([
      for name, table in local.topology.tables :
      [local.table_arns[name], "${local.table_arns[name]}/index/*"] if table.owner == service
    ])
  }
  keys_of = {
    for service in keys(local.topology.services) : service =>
    [for name, key in local.topology.keys : var.key_arns[name] if contains(key.users, service)]
  }
  sends_of = { for service, declared in local.topology.services : service => try(declared.sends, []) }
}

locals {
  statements = {
    for service in keys(local.topology.services) : service => [
      for statement in [
        { sid = "PublishOwnEvents", effect = "Allow", actions = local.publish, resources = local.topics_of[service] },
        { sid = "ConsumeOwnQueues", effect = "Allow", actions = local.consume, resources = local.inboxes_of[service] },
        { sid = "HandleOwnDeadLetters", effect = "Allow", actions = local.dead_letters, resources = local.dead_letters_of[service] },
        { sid = "SendCommands", effect = "Allow", actions = local.send, resources = local.outboxes_of[service] },
        { sid = "UseOwnObjects", effect = "Allow", actions = local.objects, resources = [for arn in local.buckets_of[service] : "${arn}/*"] },
        { sid = "ListOwnBuckets", effect = "Allow", actions = local.bucket, resources = local.buckets_of[service] },
        { sid = "EraseDrafts", effect = "Allow", actions = local.erase_drafts, resources = [for arn in local.buckets_of[service] : "${arn}/*/draft-*"] },
        { sid = "AppendToAudit", effect = "Allow", actions = local.append, resources = [for arn in local.appends_of[service] : "${arn}/${service}/*"] },
        { sid = "NeverDeleteAudit", effect = "Deny", actions = local.never, resources = flatten([for arn in local.appends_of[service] : [arn, "${arn}/*"]]) },
        { sid = "UseOwnTables", effect = "Allow", actions = local.table, resources = local.tables_of[service] },
        { sid = "UseKeys", effect = "Allow", actions = local.key, resources = local.keys_of[service] },
        {
          sid       = "SendEmail", effect = "Allow", actions = ["ses:SendEmail", "ses:SendRawEmail"],
          resources = contains(local.sends_of[service], "ses") ? ["*"] : []
        },
        # A text message names a phone, not a resource.
        {
          sid       = "SendText", effect = "Allow", actions = ["sms-voice:SendTextMessage"],
          resources = contains(local.sends_of[service], "sms") ? ["*"] : []
        },
      ] : statement if length(statement.resources) > 0
    ]
  }
  # Statements with a condition differ in shape, which a Terraform list refuses: they stand apart.
  conditional = {
    for service in keys(local.topology.services) : service => concat(
      [
        for arn in local.appends_of[service] : jsonencode({
          Sid       = "LookAtOwnAudit", Effect = "Allow", Action = local.look, Resource = [arn]
          Condition = { StringLike = { "s3:prefix" = ["${service}/*"] } }
        })
      ],
      [
        for arn in local.bare_tables_of[service] : jsonencode({
          Sid       = "NeverChangeAuditItems", Effect = "Deny", Action = local.change_items, Resource = [arn]
          Condition = local.audit_items
        })
      ],
    )
  }
}
