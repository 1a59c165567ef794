mock_provider "aws" {}

variables {
  account_id = "111122223333"
  region     = "sa-east-1"
}

run "every_end_of_a_message_is_told_to_the_event_bus" {
  command = plan

  assert {
    condition     = toset(keys(aws_sesv2_configuration_set.this)) == toset([for service in values(local.topology.services) : service.configuration_set if can(service.configuration_set)])
    error_message = "A configuration set of topology.json is missing."
  }
  assert {
    condition = alltrue([
      for destination in values(aws_sesv2_configuration_set_event_destination.event_bus) :
      destination.event_destination[0].enabled && toset(destination.event_destination[0].matching_event_types) == toset(["SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY"])
    ])
    error_message = "An end of a message would go untold."
  }
}
