//! Enums of the schema: a Rust enum whose values are the database's labels.

#[doc(hidden)]
pub use bytes::BytesMut as Bytes;

/// Declares an enum of the schema: `Variant = "NAME" => "label"`, the name in the `.prisma` file and the
/// label in PostgreSQL. Called by generated code.
#[doc(hidden)]
#[macro_export]
macro_rules! enumeration {
    ($(#[$meta:meta])* pub enum $Name:ident {
        $($(#[$value_meta:meta])* $Value:ident = $name:literal => $label:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $Name {
            $($(#[$value_meta])* $Value,)*
        }

        impl $Name {
            /// Every value, in the schema's order.
            pub const ALL: &'static [$Name] = &[$($Name::$Value,)*];

            /// As the schema writes it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($Name::$Value => $name,)*
                }
            }
        }

        impl ::std::fmt::Display for $Name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $Name {
            type Err = $crate::Invalid;

            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::Invalid> {
                match text {
                    $($name => Ok($Name::$Value),)*
                    _ => Err($crate::Invalid::new(concat!("not one of" $(, " ", $name)*))),
                }
            }
        }

        impl $crate::generated::serde::Serialize for $Name {
            fn serialize<S: $crate::generated::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::generated::serde::Deserialize<'de> for $Name {
            fn deserialize<D: $crate::generated::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let text = <::std::string::String as $crate::generated::serde::Deserialize>::deserialize(
                    deserializer,
                )?;
                text.parse().map_err(<D::Error as $crate::generated::serde::de::Error>::custom)
            }
        }

        impl $crate::generated::tokio_postgres::types::ToSql for $Name {
            fn to_sql(
                &self,
                _: &$crate::generated::Type,
                out: &mut $crate::generated::Bytes,
            ) -> ::std::result::Result<
                $crate::generated::tokio_postgres::types::IsNull,
                ::std::boxed::Box<dyn ::std::error::Error + Sync + Send>,
            > {
                let label = match self {
                    $($Name::$Value => $label,)*
                };
                out.extend_from_slice(label.as_bytes());
                Ok($crate::generated::tokio_postgres::types::IsNull::No)
            }

            // The enum's own type, or text where the server casts: both are the label.
            fn accepts(_: &$crate::generated::Type) -> bool {
                true
            }

            $crate::generated::tokio_postgres::types::to_sql_checked!();
        }

        impl<'a> $crate::generated::tokio_postgres::types::FromSql<'a> for $Name {
            fn from_sql(
                _: &$crate::generated::Type,
                raw: &'a [u8],
            ) -> ::std::result::Result<Self, ::std::boxed::Box<dyn ::std::error::Error + Sync + Send>> {
                match ::std::str::from_utf8(raw)? {
                    $($label => Ok($Name::$Value),)*
                    _ => Err(concat!("a label that ", stringify!($Name), " does not have").into()),
                }
            }

            fn accepts(_: &$crate::generated::Type) -> bool {
                true
            }
        }
    };
}
