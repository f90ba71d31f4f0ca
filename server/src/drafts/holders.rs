//! Whose hands a post is in: an account signs with the posts it was given, and with no other.

use super::{Drafts, DraftsError, FrozenPart, Refusal};
use crate::staff::{Account, Role};
use chain::{
    approval::Rule,
    catalogue::Subject,
    holders::{Holders, ROLE},
};
use serde_json::json;
use sqlx::{AnyConnection, Row};
use std::collections::BTreeSet;

/// The posts that an account was given.
pub(super) async fn posts_of(connection: &mut AnyConnection, account: &str) -> Result<Vec<String>, DraftsError> {
    let rows = sqlx::query("select post from post_holders where account = $1 order by post").bind(account).fetch_all(connection).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

impl Drafts {
    /// The agency of a registered post.
    fn agency_of(&self, post: &str) -> Option<String> {
        self.node.submitter.state().posts().find(|(_, registered)| registered.post == post).map(|(_, post)| post.agency.clone())
    }

    /// Gives a post to somebody of its agency. Only that agency's administrator does.
    pub async fn give_post(&self, who: &Account, post: &str, account: &str) -> Result<(), DraftsError> {
        let agency = self.agency_of(post).filter(|agency| who.roles.may(Role::Administrator, agency)).ok_or(Refusal::Nothing)?;
        let other = self.staff.account(account).await?.filter(|other| other.ended.is_none()).ok_or(Refusal::Nothing)?;
        if !other.roles.iter().any(|(_, of)| of == agency) {
            return Err(Refusal::Nothing.into());
        }
        // Whose roles take no step at all could do nothing with it.
        if ![Role::Drafter, Role::Reviewer, Role::Approver].into_iter().any(|role| other.roles.may(role, &agency)) {
            return Err(Refusal::Role.into());
        }
        let mut turn = self.staff.store().turn().await?;
        let sql =
            "insert into post_holders (post, account, given, given_by) values ($1, $2, $3, $4) on conflict (post, account) do nothing";
        let query = sqlx::query(sql).bind(post).bind(account).bind(self.staff.now()).bind(&who.id);
        // Who holds it already is given nothing.
        if query.execute(&mut *turn).await?.rows_affected() > 0 {
            self.staff.journal().note_in(&mut turn, &who.id, "post-given", account, &json!({ "post": post })).await?;
        }
        turn.commit().await?;
        Ok(())
    }

    /// Takes a post back.
    pub async fn take_post(&self, who: &Account, post: &str, account: &str) -> Result<(), DraftsError> {
        self.agency_of(post).filter(|agency| who.roles.may(Role::Administrator, agency)).ok_or(Refusal::Nothing)?;
        let mut turn = self.staff.store().turn().await?;
        let query = sqlx::query("delete from post_holders where post = $1 and account = $2").bind(post).bind(account);
        if query.execute(&mut *turn).await?.rows_affected() > 0 {
            self.staff.journal().note_in(&mut turn, &who.id, "post-taken", account, &json!({ "post": post })).await?;
        }
        turn.commit().await?;
        Ok(())
    }

    /// The posts an account holds.
    pub async fn posts_of(&self, account: &str) -> Result<Vec<String>, DraftsError> {
        posts_of(&mut *self.staff.store().pool().acquire().await?, account).await
    }

    /// The accounts that hold a post.
    pub async fn holders(&self, post: &str) -> Result<Vec<String>, DraftsError> {
        let rows = sqlx::query("select account from post_holders where post = $1 order by account").bind(post);
        rows.fetch_all(self.staff.store().pool()).await?.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Whether an agency wishes its texts to name who holds the posts that approve them.
    pub async fn names_holders(&self, agency: &str) -> Result<bool, DraftsError> {
        let row = sqlx::query("select names from wishes where agency = $1").bind(agency);
        let row = row.fetch_optional(self.staff.store().pool()).await?;
        Ok(row.map(|row| row.try_get::<i64, _>(0)).transpose()? == Some(1))
    }

    /// Has an agency's texts name them from now on, or not. Only its administrator does; what was submitted before stays as it is.
    pub async fn name_holders(&self, who: &Account, agency: &str, names: bool) -> Result<(), DraftsError> {
        if !who.roles.may(Role::Administrator, agency) {
            return Err(Refusal::Nothing.into());
        }
        let mut turn = self.staff.store().turn().await?;
        let sql = "insert into wishes (agency, names, changed, changed_by) values ($1, $2, $3, $4) \
                   on conflict (agency) do update set names = excluded.names, changed = excluded.changed, changed_by = excluded.changed_by";
        let query = sqlx::query(sql).bind(agency).bind(i64::from(names)).bind(self.staff.now()).bind(&who.id);
        query.execute(&mut *turn).await?;
        self.staff.journal().note_in(&mut turn, &who.id, "names-wished", agency, &json!({ "names": names })).await?;
        turn.commit().await?;
        Ok(())
    }

    /// Who holds the posts that a rule gives a part in texts of this kind, in the rule's order; nobody where the agency does not wish it.
    pub(super) async fn holders_named(&self, agency: &str, genre: &str) -> Result<Option<Holders>, DraftsError> {
        let state = self.node.submitter.state();
        let Some(rule) = state.agency(agency).and_then(|(_, agency)| agency.rule.as_ref()) else { return Ok(None) };
        if !self.names_holders(agency).await? {
            return Ok(None);
        }
        let mut holders = Vec::new();
        for post in posts_in(rule, genre) {
            for account in self.holders(post).await? {
                let Some(account) = self.staff.account(&account).await?.filter(|account| account.ended.is_none()) else { continue };
                holders.push(Subject { scheme: None, id: post.to_owned(), name: account.name });
            }
        }
        Ok(Some(Holders { holders }))
    }

    /// Whom the parts of a text name; none where they name nobody.
    pub async fn named_in(&self, parts: &[FrozenPart]) -> Result<Option<Holders>, DraftsError> {
        let Some(part) = parts.iter().find(|part| part.role == ROLE) else { return Ok(None) };
        let bytes = self.files.get(&part.path).await?;
        Holders::read(&bytes).map(Some).map_err(|_| DraftsError::Unreadable("who holds the posts"))
    }
}

/// The posts that may decide on texts of this kind, each once.
fn posts_in<'r>(rule: &'r Rule, genre: &str) -> Vec<&'r str> {
    let steps = rule.steps(genre).unwrap_or_default().iter().flat_map(|step| &step.posts);
    let mut known = BTreeSet::new();
    steps.chain(&rule.overriders).map(String::as_str).filter(|post| known.insert(*post)).collect()
}
