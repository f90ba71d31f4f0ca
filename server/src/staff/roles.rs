//! Roles: which pages somebody gets, by agency or for the whole portal.

use super::StaffError;
use sqlx::{AnyConnection, Row, any::AnyRow};
use std::collections::BTreeSet;

/// What somebody may do. In public what counts is the post's key that signs a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Of an agency: writes drafts.
    Drafter,
    /// Of an agency: takes the steps that another step waits for.
    Reviewer,
    /// Of an agency: takes the last steps, overrides where the rule lets their post, and reviews too.
    Approver,
    /// Of an agency: publishes where it has no rule, brings what it sealed itself, says when, and calls back what is submitted.
    Publisher,
    /// Of an agency: its people. Of the portal: everybody's.
    Administrator,
    /// Of the portal: agencies, posts, keys, rules.
    Registrar,
    /// Of the portal: reads everything, changes nothing. Nobody is one beside anything else.
    Auditor,
}

impl Role {
    /// Those an agency gives.
    pub const OF_AGENCY: [Role; 5] = [Role::Drafter, Role::Reviewer, Role::Approver, Role::Publisher, Role::Administrator];
    /// Those of the whole portal, whose agency is `""`.
    pub const OF_PORTAL: [Role; 3] = [Role::Registrar, Role::Auditor, Role::Administrator];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Role::Drafter => "drafter",
            Role::Reviewer => "reviewer",
            Role::Approver => "approver",
            Role::Publisher => "publisher",
            Role::Administrator => "administrator",
            Role::Registrar => "registrar",
            Role::Auditor => "auditor",
        }
    }

    #[must_use]
    pub fn named(code: &str) -> Option<Role> {
        Role::OF_AGENCY.into_iter().chain(Role::OF_PORTAL).find(|role| role.code() == code)
    }

    /// Whether there is this role in an agency, or, for `""`, in the portal.
    #[must_use]
    pub fn is_of(self, agency: &str) -> bool {
        if agency.is_empty() { Role::OF_PORTAL.contains(&self) } else { Role::OF_AGENCY.contains(&self) }
    }
}

/// What one account may do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles(BTreeSet<(String, Role)>);

impl Roles {
    /// Whether this very role is held: `""` is the portal.
    #[must_use]
    pub fn holds(&self, role: Role, agency: &str) -> bool {
        self.0.iter().any(|(of, held)| of == agency && *held == role)
    }

    /// Whether somebody with these roles may do what `role` does in an agency: the portal's administrator looks after
    /// everybody's people, and writes, approves and reads nobody's drafts.
    #[must_use]
    pub fn may(&self, role: Role, agency: &str) -> bool {
        self.holds(role, agency) || (role == Role::Administrator && self.holds(role, ""))
    }

    /// Whether somebody with these roles may see what an agency is working on.
    #[must_use]
    pub fn sees(&self, agency: &str) -> bool {
        self.holds(Role::Auditor, "") || (!agency.is_empty() && self.is_in(agency))
    }

    /// Whether they are an auditor's and somebody's who changes something: nobody is given both.
    #[must_use]
    pub fn mix_audit(&self) -> bool {
        self.holds(Role::Auditor, "") && self.0.len() > 1
    }

    /// Whether there is any role in an agency.
    #[must_use]
    pub fn is_in(&self, agency: &str) -> bool {
        self.0.iter().any(|(of, _)| of == agency)
    }

    /// Whether somebody with these roles looks after somebody with those altogether: may let them back in, or show them out.
    /// Whoever is also at work elsewhere, or for the portal, is looked after by the portal's administrator.
    #[must_use]
    pub fn looks_after(&self, others: &Roles) -> bool {
        let own = |agency: &str| !agency.is_empty() && self.holds(Role::Administrator, agency);
        self.holds(Role::Administrator, "") || (!others.is_empty() && others.0.iter().all(|(of, _)| own(of)))
    }

    /// Agencies in which a role is held.
    pub fn agencies(&self, role: Role) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(of, held)| *held == role && !of.is_empty()).map(|(of, _)| of.as_str())
    }

    /// Every role with its agency, the portal's first.
    pub fn iter(&self) -> impl Iterator<Item = (Role, &str)> {
        self.0.iter().map(|(agency, role)| (*role, agency.as_str()))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a second factor must stand behind them: whoever can do more than write drafts.
    #[must_use]
    pub fn want_second_factor(&self) -> bool {
        self.0.iter().any(|(_, role)| *role != Role::Drafter)
    }

    /// As JSON: `[["drafter","example.gov/finance"]]`.
    #[must_use]
    pub fn written(&self) -> serde_json::Value {
        self.iter().map(|(role, agency)| serde_json::json!([role.code(), agency])).collect()
    }

    pub(super) fn read(written: &str) -> Option<Roles> {
        let pairs: Vec<(String, String)> = serde_json::from_str(written).ok()?;
        pairs.into_iter().map(|(role, agency)| Some((Role::named(&role)?, agency))).collect()
    }

    pub(super) async fn of(connection: &mut AnyConnection, account: &str) -> Result<Roles, StaffError> {
        let rows = sqlx::query("select role, agency from roles where account = $1").bind(account).fetch_all(connection).await?;
        rows.iter().map(Roles::row).collect()
    }

    fn row(row: &AnyRow) -> Result<(Role, String), StaffError> {
        let role = Role::named(row.try_get(0)?).ok_or(StaffError::Unreadable("a role"))?;
        Ok((role, row.try_get(1)?))
    }
}

impl FromIterator<(Role, String)> for Roles {
    fn from_iter<I: IntoIterator<Item = (Role, String)>>(roles: I) -> Roles {
        Roles(roles.into_iter().filter(|(role, agency)| role.is_of(agency)).map(|(role, agency)| (agency, role)).collect())
    }
}

/// Writes down roles that are not held yet.
pub(super) async fn give(connection: &mut AnyConnection, account: &str, roles: &Roles, by: &str, now: i64) -> Result<(), StaffError> {
    for (role, agency) in roles.iter() {
        let sql = "insert into roles (account, role, agency, given, given_by) values ($1, $2, $3, $4, $5) on conflict do nothing";
        sqlx::query(sql).bind(account).bind(role.code()).bind(agency).bind(now).bind(by).execute(&mut *connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(held: &[(Role, &str)]) -> Roles {
        held.iter().map(|(role, agency)| (*role, (*agency).to_owned())).collect()
    }

    #[test]
    fn a_role_in_one_agency_is_none_in_another() {
        let held = roles(&[(Role::Drafter, "a/b"), (Role::Administrator, "a/b")]);
        assert!(held.may(Role::Drafter, "a/b") && held.sees("a/b") && held.may(Role::Administrator, "a/b"));
        assert!(!held.may(Role::Drafter, "a/c") && !held.sees("a/c") && !held.may(Role::Administrator, "a/c"));
        assert!(!held.may(Role::Approver, "a/b") && !held.may(Role::Administrator, ""));
    }

    #[test]
    fn the_portals_administrator_looks_after_everybodys_people_and_reads_nobodys_drafts() {
        let held = roles(&[(Role::Administrator, "")]);
        assert!(held.may(Role::Administrator, "a/b") && held.may(Role::Administrator, ""));
        assert!(!held.sees("a/b") && Role::OF_AGENCY[..4].iter().all(|role| !held.may(*role, "a/b")));
    }

    #[test]
    fn whoever_is_at_work_elsewhere_too_is_looked_after_by_the_portals_administrator_alone() {
        let (own, portals) = (roles(&[(Role::Administrator, "a/b")]), roles(&[(Role::Administrator, "")]));
        let theirs = roles(&[(Role::Drafter, "a/b"), (Role::Administrator, "a/b")]);
        assert!(own.looks_after(&theirs) && portals.looks_after(&theirs) && !theirs.looks_after(&portals));
        for more in [(Role::Drafter, "a/c"), (Role::Auditor, "")] {
            let others = roles(&[(Role::Drafter, "a/b"), more]);
            assert!(!own.looks_after(&others) && portals.looks_after(&others));
        }
        assert!(!own.looks_after(&Roles::default()) && !roles(&[(Role::Approver, "a/b")]).looks_after(&theirs));
    }

    #[test]
    fn an_auditor_sees_everything_and_may_do_nothing() {
        let held = roles(&[(Role::Auditor, "")]);
        assert!(held.sees("a/b") && held.sees(""));
        assert!(Role::OF_AGENCY.iter().all(|role| !held.may(*role, "a/b")));
        assert!(!held.mix_audit() && !roles(&[(Role::Drafter, "a/b"), (Role::Registrar, "")]).mix_audit());
        for more in [(Role::Drafter, "a/b"), (Role::Registrar, ""), (Role::Administrator, "")] {
            assert!(roles(&[(Role::Auditor, ""), more]).mix_audit(), "{more:?}");
        }
    }

    #[test]
    fn a_role_is_held_only_where_there_is_one() {
        assert!(roles(&[(Role::Drafter, ""), (Role::Auditor, "a/b"), (Role::Registrar, "a/b")]).is_empty());
        assert!(!roles(&[(Role::Drafter, "a/b")]).want_second_factor());
        for more in [(Role::Reviewer, "a/b"), (Role::Auditor, ""), (Role::Administrator, "a/b")] {
            assert!(roles(&[(Role::Drafter, "a/b"), more]).want_second_factor());
        }
    }

    #[test]
    fn roles_are_read_as_they_were_written() {
        let held = roles(&[(Role::Drafter, "a/b"), (Role::Registrar, "")]);
        assert_eq!(Roles::read(&held.written().to_string()), Some(held));
        assert_eq!(Roles::read("[[\"king\",\"\"]]"), None);
    }
}
