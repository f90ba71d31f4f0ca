//! Whose hands a post is in: an account signs with the posts it was given, and with no other.

use super::{Drafts, DraftsError, Refusal};
use crate::staff::{Account, Role};
use serde_json::json;
use sqlx::{AnyConnection, Row};

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
        let mut turn = self.staff.store().turn().await?;
        let sql =
            "insert into post_holders (post, account, given, given_by) values ($1, $2, $3, $4) on conflict (post, account) do nothing";
        sqlx::query(sql).bind(post).bind(account).bind(self.staff.now()).bind(&who.id).execute(&mut *turn).await?;
        self.staff.journal().note_in(&mut turn, &who.id, "post-given", account, &json!({ "post": post })).await?;
        turn.commit().await?;
        Ok(())
    }

    /// Takes a post back.
    pub async fn take_post(&self, who: &Account, post: &str, account: &str) -> Result<(), DraftsError> {
        self.agency_of(post).filter(|agency| who.roles.may(Role::Administrator, agency)).ok_or(Refusal::Nothing)?;
        let mut turn = self.staff.store().turn().await?;
        sqlx::query("delete from post_holders where post = $1 and account = $2").bind(post).bind(account).execute(&mut *turn).await?;
        self.staff.journal().note_in(&mut turn, &who.id, "post-taken", account, &json!({ "post": post })).await?;
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
}
