mock_provider "aws" {}

variables {
  passwords = {
    accounts        = "a-password-of-accounts"
    exam-results    = "a-password-of-exam-results"
    file-management = "a-password-of-file-management"
    notification    = "a-password-of-notification"
    portal          = "a-password-of-portal"
  }
}

run "every_user_is_held_to_its_own_keys_and_channels" {
  command = plan

  assert {
    condition     = toset(keys(aws_elasticache_user.service)) == toset(keys(module.rules.access_strings))
    error_message = "A user of topology.json is missing."
  }
  assert {
    condition = alltrue([
      for name, user in aws_elasticache_user.service :
      startswith(user.access_string, "on ~${name}:* resetchannels &${name}:* -@all +")
    ])
    error_message = "A user reaches keys or channels of others."
  }
  assert {
    condition = alltrue([
      for user in aws_elasticache_user.service :
      length(regexall("(?i)(allkeys|allchannels|allcommands|\\+@|flush|config|\\+keys|nopass)", user.access_string)) == 0
    ])
    error_message = "A user may do more than its work needs."
  }
  assert {
    condition     = length(aws_elasticache_user_group.services.user_ids) == length(module.rules.access_strings)
    error_message = "A user is not in the group."
  }
}
