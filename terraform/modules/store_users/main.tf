# One Valkey user per service and the portal in ElastiCache. The replication group admits this group and nobody else.

module "rules" {
  source = "../valkey_rules"
}

resource "aws_elasticache_user" "service" {
  for_each = module.rules.access_strings

  user_id       = "laudo-${each.key}"
  user_name     = each.key
  engine        = "valkey"
  access_string = each.value

  authentication_mode {
    type      = "password"
    passwords = [var.passwords[each.key]]
  }
}

resource "aws_elasticache_user_group" "services" {
  user_group_id = "laudo-services"
  engine        = "valkey"
  user_ids      = [for user in aws_elasticache_user.service : user.user_id]
}
