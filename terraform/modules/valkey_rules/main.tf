# What each Valkey user may do, in Valkey's ACL notation: pure, no resources. The local server's users have the same
# (infra/local/provision/valkey_users.py); tests/architecture compares them.

locals {
  topology = jsondecode(file("${path.module}/../../../topology.json"))
  sets     = local.topology.valkey.command_sets

  # Reading what is another's stands in a selector of its own: as one rule, a reader could speak there too.
  reading = {
    for user, keys in local.topology.valkey.readers : user => join(" ", concat(
      ["%R~${keys} resetchannels &${keys} -@all"], [for command in local.sets.reading : "+${command}"],
    ))
  }

  access_strings = {
    for user, uses in local.topology.valkey.users : user => join(" ", concat(
      ["on ~${user}:* resetchannels &${user}:* -@all"],
      [for command in flatten([for use in concat(["connection"], uses) : local.sets[use]]) : "+${command}"],
      [for selector in [lookup(local.reading, user, null)] : "(${selector})" if selector != null],
    ))
  }
}
