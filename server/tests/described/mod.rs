//! `docs/openapi.json`, which every answer to a program is held to.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use axum::http::StatusCode;
use serde_json::{Value, json};
use std::sync::LazyLock;

pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("../../../docs/openapi.json")).unwrap());

/// Every operation as (method, address, what it is).
pub fn operations() -> impl Iterator<Item = (String, &'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, operations)| {
        let operations = operations.as_object().unwrap().iter();
        operations.map(move |(method, operation)| (method.to_uppercase(), path.as_str(), operation))
    })
}

fn is_at(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len() && template.iter().zip(path).all(|(part, given)| part.starts_with('{') || *part == given)
}

/// That an answer is what the document says for its address. Addresses that are not for programs are passed over.
pub fn hold(method: &str, path: &str, status: StatusCode, body: &str) {
    let address = path.split('?').next().unwrap();
    let Some((.., operation)) = operations().find(|(known, template, _)| known == method && is_at(template, address)) else {
        // What is not described is not there.
        assert!(!address.starts_with("/api/") || status.as_u16() >= 400, "{method} {path} is not in docs/openapi.json");
        return;
    };
    let answers = &operation["responses"];
    let contents = answers.get(status.as_str()).unwrap_or(&answers["default"])["content"].as_object().unwrap();
    let (media, content) = contents.iter().next().unwrap();
    let schema = json!({ "components": DOCUMENT["components"], "allOf": [content["schema"]] });
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let texts: Vec<&str> = if media.ends_with("ndjson") { body.lines().collect() } else { vec![body] };
    for text in texts {
        let said: Value = serde_json::from_str(text).unwrap();
        let faults: Vec<String> = schema.iter_errors(&said).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{method} {path} answered {status} {said}: {faults:?}");
    }
}
