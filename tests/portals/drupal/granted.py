"""Who may use what, from the entities of a site alone."""

from tests.servers.drupal.site import Site


def granted(site: Site, address: str) -> set[str]:
    """Return the APIs that a person may use now."""
    users = {
        each.id
        for each in site.of_type("user--user")
        if (each.attributes["mail"] or "").casefold() == address
    }
    teams = {
        each.id
        for each in (*site.of_type("node--team"), *site.of_type("group--team"))
        if users & {*each.references.get("field_members", ()), *each.references.get("field_admins", ())}
    }
    for each in site.of_type("group_relationship--team-group_membership"):
        if users & {*each.references["entity_id"]}:
            teams |= {*each.references["gid"]}
    found: set[str] = set()
    for each in site.of_type("node--access_group"):
        if teams & {*each.references["field_teams"]} or users & {*each.references["field_developers"]}:
            found |= {*each.references["field_api_products"]}
            for bundle in each.references["field_bundles"]:
                found |= {*site.entities[bundle].references["field_apis"]}
    return {str(site.entities[each].attributes["title"]) for each in found}
