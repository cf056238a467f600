#[allow(
    unused_qualifications,
    reason = "a path that is longer than needed is the user's"
)]
const _: () = {
    use ::occ_runtime::__private as __occ;
    use __occ::probes::*;
    /// Stands for this struct's SQL in the statement cache: a type of no parameters, whatever the struct has.
    pub enum __OccStatements {}
    type __OccChecks = __occ::Declared<
        {
            let _: __occ::check::Field<i32, settings::id>;
            let _: __occ::check::Field<i32, settings::value>;
            let _: __occ::check::Field<String, settings::name>;
            let _: __occ::check::NoneAsNull<Option<String>, settings::name>;
            let _: __occ::check::Field<String, settings::note>;
            let _: __occ::check::Field<String, settings::token>;
            false
        },
    >;
    const _: () = {
        if let __occ::Some(__sentence) = __occ::wrong_key::<
            settings::table,
            _,
        >(
            &__occ::StructKey {
                name: "Setting",
                table: "settings",
                columns: &["id"],
                fields: &[
                    __occ::KeyField {
                        name: "id",
                        column: <settings::id as __occ::Column>::NAME,
                        in_key: true,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "value",
                        column: <settings::value as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "name",
                        column: <settings::name as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "note",
                        column: <settings::note as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "made_by",
                        column: "made_by",
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "token",
                        column: <settings::token as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                ],
                unique: false,
                embeds: false,
            },
        ) {
            __occ::panic!("{}", __sentence.text())
        }
    };
    #[automatically_derived]
    impl __occ::OptimisticLock for Setting {
        type Table = settings::table;
        type Checks = __OccChecks;
        type StatementId = __OccStatements;
        const SQL_TEXT: __occ::SqlText = __occ::SqlText::with_optional_columns(0u32);
        type VersionColumn = settings::id;
        type Version = __occ::NoVersion;
        type Generator = __occ::NoVersion;
        type Check = __occ::ByAll;
        fn version(&self) -> &Self::Version {
            &__occ::NoVersion
        }
        fn set_version(&mut self, __version: Self::Version) -> Self::Version {
            __version
        }
        fn table_name() -> &'static __occ::str {
            "settings"
        }
        fn table() -> Self::Table {
            settings::table
        }
        type Prepared<'__a> = (i32,) where Self: '__a;
        fn prepare(&self) -> Self::Prepared<'_> {
            (<Level as __occ::SerializeAs<i32>>::serialize_as(&self.value),)
        }
        fn visit_key(
            &self,
            __visit: &mut dyn __occ::FnMut(&dyn __occ::Debug, __occ::Identity<'_>),
        ) {
            __visit(&self.id, (&&&__occ::Probe(&self.id)).occ_identity());
        }
        fn key_columns() -> &'static [&'static __occ::str] {
            &[<settings::id as __occ::Column>::NAME]
        }
        fn columns() -> &'static [&'static __occ::str] {
            &[
                <settings::id as __occ::Column>::NAME,
                <settings::value as __occ::Column>::NAME,
                <settings::name as __occ::Column>::NAME,
                <settings::note as __occ::Column>::NAME,
                <settings::token as __occ::Column>::NAME,
            ]
        }
        fn has_key_of(&self, __other: &Self) -> __occ::bool {
            (&&__occ::Pair(&self.id, &__other.id)).occ_same()
        }
        fn sql_name() -> __occ::Option<&'static dyn __occ::Debug> {
            (&&__occ::NameOf::<
                <Self as __occ::OptimisticLock>::Table,
            >(__occ::PhantomData))
                .occ_name()
        }
    }
    #[automatically_derived]
    impl<__DB: __occ::Backend> __occ::Columns<__DB> for Setting
    where
        i32: __occ::ColumnValue<settings::id, __DB, __OccChecks>,
        i32: __occ::ColumnValue<settings::value, __DB, __OccChecks>,
        Option<String>: __occ::ColumnValue<settings::name, __DB, __OccChecks>,
        String: __occ::ColumnValue<settings::note, __DB, __OccChecks>,
        String: __occ::ColumnValue<settings::token, __DB, __OccChecks>,
    {
        fn key<'__a, '__b, __V>(
            &'__b self,
            __prepared: &'__b Self::Prepared<'__a>,
            __visitor: &mut __V,
        ) -> __occ::QueryResult<()>
        where
            Self: '__a,
            '__a: '__b,
            __V: __occ::ColumnVisitor<'__b, __DB>,
        {
            let _ = (__prepared, &__visitor);
            __occ::ColumnVisitor::column::<
                settings::id,
                _,
                __OccChecks,
            >(__visitor, &self.id)?;
            __occ::Ok(())
        }
        fn values<'__a, '__b, __V>(
            &'__b self,
            __prepared: &'__b Self::Prepared<'__a>,
            __visitor: &mut __V,
        ) -> __occ::QueryResult<()>
        where
            Self: '__a,
            '__a: '__b,
            __V: __occ::ColumnVisitor<'__b, __DB>,
        {
            let _ = (__prepared, &__visitor);
            __occ::ColumnVisitor::column::<
                settings::value,
                _,
                __OccChecks,
            >(__visitor, &__prepared.0)?;
            __occ::ColumnVisitor::column::<
                settings::name,
                _,
                __OccChecks,
            >(__visitor, &self.name)?;
            __occ::ColumnVisitor::column::<
                settings::note,
                _,
                __OccChecks,
            >(__visitor, &self.note)?;
            __occ::ColumnVisitor::column::<
                settings::token,
                _,
                __OccChecks,
            >(__visitor, &self.token)?;
            __occ::Ok(())
        }
        fn compared<'__a, '__b, __V>(
            &'__b self,
            __prepared: &'__b Self::Prepared<'__a>,
            __visitor: &mut __V,
        ) -> __occ::QueryResult<()>
        where
            Self: '__a,
            '__a: '__b,
            __V: __occ::ColumnVisitor<'__b, __DB>,
        {
            let _ = (__prepared, &__visitor);
            __occ::ColumnVisitor::compared::<
                settings::value,
                _,
                __occ::check::Exact<Level, settings::value>,
                __OccChecks,
            >(__visitor, &__prepared.0)?;
            __occ::ColumnVisitor::compared::<
                settings::name,
                _,
                __occ::check::Exact<Option<String>, settings::name>,
                __OccChecks,
            >(__visitor, &self.name)?;
            __occ::ColumnVisitor::compared::<
                settings::token,
                _,
                __occ::check::Exact<String, settings::token>,
                __OccChecks,
            >(__visitor, &self.token)?;
            __occ::Ok(())
        }
        fn visit_version<'__b, __V>(
            __version: &'__b Self::Version,
            __visitor: &mut __V,
        ) -> __occ::QueryResult<()>
        where
            __V: __occ::ColumnVisitor<'__b, __DB>,
        {
            let _ = (__version, __visitor);
            __occ::Ok(())
        }
    }
    #[automatically_derived]
    impl __occ::Trackable for Setting {
        fn field(__index: __occ::usize) -> __occ::Option<__occ::Field<Self>> {
            __occ::Some(
                match __index {
                    0usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "id",
                                |__a, __b| {
                                    <i32 as __occ::FieldValue>::same(&__a.id, &__b.id)
                                        && (&&__occ::Equal(&__a.id, &__b.id)).occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.id, &__b.id)).occ_is_same()
                                },
                                |__to, __from| <i32 as __occ::FieldValue>::take(
                                    &mut __to.id,
                                    &__from.id,
                                ),
                            )
                            .column(<settings::id as __occ::Column>::NAME)
                            .key()
                            .shown(|__row| (&&&&&__occ::Show(&__row.id)).occ_show())
                    }
                    1usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "value",
                                |__a, __b| {
                                    <Level as __occ::FieldValue>::same(&__a.value, &__b.value)
                                        && (&&__occ::Equal(&__a.value, &__b.value))
                                            .occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.value, &__b.value))
                                            .occ_is_same()
                                },
                                |__to, __from| <Level as __occ::FieldValue>::take(
                                    &mut __to.value,
                                    &__from.value,
                                ),
                            )
                            .column(<settings::value as __occ::Column>::NAME)
                            .shown(|__row| (&&&&&__occ::Show(&__row.value)).occ_show())
                    }
                    2usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "name",
                                |__a, __b| {
                                    <Option<
                                        String,
                                    > as __occ::FieldValue>::same(&__a.name, &__b.name)
                                        && (&&__occ::Equal(&__a.name, &__b.name))
                                            .occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.name, &__b.name)).occ_is_same()
                                },
                                |__to, __from| <Option<
                                    String,
                                > as __occ::FieldValue>::take(&mut __to.name, &__from.name),
                            )
                            .column(<settings::name as __occ::Column>::NAME)
                            .shown(|__row| (&&&&&__occ::Show(&__row.name)).occ_show())
                    }
                    3usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "note",
                                |__a, __b| {
                                    <String as __occ::FieldValue>::same(&__a.note, &__b.note)
                                        && (&&__occ::Equal(&__a.note, &__b.note))
                                            .occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.note, &__b.note)).occ_is_same()
                                },
                                |__to, __from| <String as __occ::FieldValue>::take(
                                    &mut __to.note,
                                    &__from.note,
                                ),
                            )
                            .column(<settings::note as __occ::Column>::NAME)
                            .unchecked()
                            .shown(|__row| (&&&&&__occ::Show(&__row.note)).occ_show())
                    }
                    4usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "made_by",
                                |__a, __b| {
                                    <String as __occ::FieldValue>::same(
                                        &__a.made_by,
                                        &__b.made_by,
                                    )
                                        && (&&__occ::Equal(&__a.made_by, &__b.made_by))
                                            .occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.made_by, &__b.made_by))
                                            .occ_is_same()
                                },
                                |__to, __from| <String as __occ::FieldValue>::take(
                                    &mut __to.made_by,
                                    &__from.made_by,
                                ),
                            )
                            .shown(|__row| (&&&&&__occ::Show(&__row.made_by)).occ_show())
                            .written_if(|_| false)
                    }
                    5usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "token",
                                |__a, __b| {
                                    <String as __occ::FieldValue>::same(&__a.token, &__b.token)
                                        && (&&__occ::Equal(&__a.token, &__b.token))
                                            .occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.token, &__b.token))
                                            .occ_is_same()
                                },
                                |__to, __from| <String as __occ::FieldValue>::take(
                                    &mut __to.token,
                                    &__from.token,
                                ),
                            )
                            .column(<settings::token as __occ::Column>::NAME)
                    }
                    _ => return __occ::None,
                },
            )
        }
    }
};
