//! Where an application may send people back to.

use crate::store::ApplicationKind;

/// The most redirect URIs of one application.
pub const MOST: usize = 50;

/// Says what a redirect URI must be or have, behind the word "must", if it is not so: an absolute URI without a fragment (RFC 6749, section 3.1.2) that is
/// `https`, `http` to this very machine, or for a native application a scheme of its own, a domain name turned
/// round (RFC 8252, section 7.1).
pub fn check(uri: &str, kind: ApplicationKind) -> Result<(), &'static str> {
    if uri.len() > 2048 {
        return Err("have at most 2048 bytes");
    }
    // RFC 3986 has no other characters; a backslash is what browsers take for a slash.
    if !uri.bytes().all(|byte| byte.is_ascii_graphic() && !br#""<>\^`{|}"#.contains(&byte)) {
        return Err("have only characters that a URI may have");
    }
    if uri.contains('#') {
        return Err("have no fragment");
    }
    let (scheme, rest) = uri.split_once(':').ok_or("be an absolute URI, with a scheme")?;
    let mut letters = scheme.bytes();
    let is_scheme = letters.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    if !is_scheme {
        return Err("be an absolute URI, with a scheme");
    }
    match scheme.to_ascii_lowercase().as_str() {
        "https" => host(rest).map(drop),
        "http" => match host(rest)?.to_ascii_lowercase().as_str() {
            "localhost" | "127.0.0.1" | "[::1]" => Ok(()),
            _ => Err("be https, unless it is to localhost, 127.0.0.1 or [::1]"),
        },
        other if kind == ApplicationKind::Native && other.contains('.') => {
            if rest.is_empty() {
                Err("have something behind the scheme")
            } else {
                Ok(())
            }
        }
        _ if kind == ApplicationKind::Native => {
            Err("be https, http to this machine, or of a scheme that is a domain name turned round")
        }
        _ => Err("be https, or http to this machine"),
    }
}

/// The host of what follows `http:` or `https:`.
fn host(rest: &str) -> Result<&str, &'static str> {
    let rest = rest.strip_prefix("//").ok_or("have // behind the scheme")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("have no user name");
    }
    let (host, port) = match authority.rsplit_once(':') {
        // The last colon of `[::1]` is not that of a port.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if !is_host(host) {
        return Err("have a host: a name of letters, digits and hyphens, or an address");
    }
    // An empty port is the scheme's own (RFC 3986, section 3.2.3); a sign is none.
    let is_port = |port: &str| {
        port.is_empty() || (port.bytes().all(|c| c.is_ascii_digit()) && port.parse::<u16>().is_ok())
    };
    if !port.is_none_or(is_port) {
        return Err("have a port from 0 to 65535");
    }
    Ok(host)
}

/// A name as RFC 1123 has it, an IPv4 address (which looks like one), or an IPv6 address in brackets.
fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        use ApplicationKind::{Native, Web};
        for (uri, web, native) in [
            ("https://example.com/callback", true, true),
            ("HTTPS://example.com:8443/a?b=c", true, true),
            ("http://localhost:3000/", true, true),
            ("http://127.0.0.1/", true, true),
            ("http://[::1]:3000/cb", true, true),
            ("com.example.app:/callback", false, true),
            ("com.example.app:", false, false),
            ("http://example.com/", false, false),
            ("http://localhost.example.com/", false, false),
            ("http://127.0.0.1@example.com/", false, false),
            ("https://user@example.com/", false, false),
            ("https://example.com/#here", false, false),
            ("https://example.com\\@evil.example/", false, false),
            ("https:///path", false, false),
            ("https:example.com", false, false),
            ("https://example.com:99999/", false, false),
            ("javascript:alert(1)", false, false),
            ("myapp:/callback", false, false),
            ("/callback", false, false),
            ("https://b\u{fc}cher.example/", false, false),
            ("https://example.com/a b", false, false),
            ("https://*/x", false, false),
            ("https://*.example.com/x", false, false),
            ("https://[/", false, false),
            ("https://[zz]/", false, false),
            ("https://[2001:db8::1]/", true, true),
            ("https://%00/", false, false),
            ("https://.../", false, false),
            ("https://a.example:+80/", false, false),
            ("https://a.example:/", true, true),
            ("http://LOCALHOST/", true, true),
            ("", false, false),
        ] {
            assert_eq!(check(uri, Web).is_ok(), web, "web {uri}");
            assert_eq!(check(uri, Native).is_ok(), native, "native {uri}");
        }
    }
}
