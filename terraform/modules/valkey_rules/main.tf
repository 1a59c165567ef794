# What each Valkey user may do, in Valkey's ACL notation: pure, no resources. The local server's users have the same
# (infra/local/provision/valkey_users.py); tests/architecture compares them.

locals {
  topology = jsondecode(file("${path.module}/../../../topology.json"))
  sets     = local.topology.valkey.command_sets

  access_strings = {
    for user, uses in local.topology.valkey.users : user => join(" ", concat(
      ["on ~${user}:* resetchannels &${user}:*"],
      [for keys in [lookup(local.topology.valkey.readers, user, null)] : "%R~${keys} &${keys}" if keys != null],
      ["-@all"],
      [for command in flatten([for use in concat(["connection"], uses) : local.sets[use]]) : "+${command}"],
    ))
  }
}
