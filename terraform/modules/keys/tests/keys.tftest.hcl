mock_provider "aws" {}

variables {
  account_id = "111122223333"
}

run "keys_rotate_and_only_those_of_messages_are_lent_to_their_carriers" {
  command = plan

  assert {
    condition     = alltrue([for key in values(aws_kms_key.this) : key.enable_key_rotation && key.deletion_window_in_days == 30])
    error_message = "A key does not rotate, or could vanish early."
  }
  assert {
    condition     = toset(keys(aws_kms_alias.this)) == toset(keys(local.topology.keys))
    error_message = "A key of topology.json is missing."
  }
  assert {
    condition     = [for name, key in aws_kms_key.this : name if strcontains(key.policy, "sns.amazonaws.com")] == ["laudo-events"]
    error_message = "SNS is lent another key than that of the events."
  }
  assert {
    condition     = [for name, key in aws_kms_key.this : name if strcontains(key.policy, "events.amazonaws.com")] == ["laudo-events"]
    error_message = "EventBridge is lent another key than that of the events."
  }
}
