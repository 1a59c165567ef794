# How SES tells what became of a message: each configuration set of topology.json publishes to the default event bus,
# from where the rule of the queue that asked for it (modules/messaging) takes it. AWS End User Messaging SMS publishes
# its receipts there by itself. The sender's domain and the origination number are registered by hand: both are proved
# or granted by others.

locals {
  topology = jsondecode(file("${path.module}/../../../topology.json"))

  configuration_sets = toset([
    for service in values(local.topology.services) : service.configuration_set if can(service.configuration_set)
  ])
}

resource "aws_sesv2_configuration_set" "this" {
  for_each = local.configuration_sets

  configuration_set_name = each.key

  delivery_options {
    tls_policy = "REQUIRE"
  }
}

resource "aws_sesv2_configuration_set_event_destination" "event_bus" {
  for_each = local.configuration_sets

  configuration_set_name = aws_sesv2_configuration_set.this[each.key].configuration_set_name
  event_destination_name = "event-bus"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY"]

    event_bridge_destination {
      event_bus_arn = "arn:aws:events:${var.region}:${var.account_id}:event-bus/default"
    }
  }
}
