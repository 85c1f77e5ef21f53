//! The schema's enums in the description of the API.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::store::{ApplicationKind, ApplicationStatus, MembershipStatus, Role, TokenPurpose, UserStatus};

macro_rules! describe {
    ($($Name:ident),*) => {$(
        impl PartialSchema for $Name {
            fn schema() -> RefOr<Schema> {
                let values = $Name::ALL.iter().map(|value| value.as_str());
                let ty = SchemaType::new(Type::String);
                ObjectBuilder::new().schema_type(ty).enum_values(Some(values)).into()
            }
        }

        impl ToSchema for $Name {}
    )*};
}

describe!(ApplicationKind, ApplicationStatus, MembershipStatus, Role, TokenPurpose, UserStatus);
