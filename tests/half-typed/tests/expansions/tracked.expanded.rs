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
            let _: __occ::check::Field<i32, accounts::id>;
            let _: __occ::check::Field<String, accounts::owner>;
            let _: __occ::check::Field<i64, accounts::balance>;
            let _: __occ::check::Field<String, accounts::pin>;
            let _: __occ::check::Field<i64, accounts::seen>;
            let _: __occ::check::Field<i64, accounts::views>;
            let _: __occ::check::Counter<i32, accounts::version, _>;
            let _: __occ::check::Version<i32, accounts::version>;
            false
        },
    >;
    const _: () = {
        if let __occ::Some(__sentence) = __occ::wrong_key::<
            accounts::table,
            _,
        >(
            &__occ::StructKey {
                name: "Account",
                table: "accounts",
                columns: &["id"],
                fields: &[
                    __occ::KeyField {
                        name: "id",
                        column: <accounts::id as __occ::Column>::NAME,
                        in_key: true,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "owner",
                        column: <accounts::owner as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "balance",
                        column: <accounts::balance as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "pin",
                        column: <accounts::pin as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "seen",
                        column: <accounts::seen as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "views",
                        column: <accounts::views as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "version",
                        column: <accounts::version as __occ::Column>::NAME,
                        in_key: false,
                        is_version: true,
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
    impl __occ::OptimisticLock for Account {
        type Table = accounts::table;
        type Checks = __OccChecks;
        type StatementId = __OccStatements;
        const SQL_TEXT: __occ::SqlText = __occ::SqlText::with_optional_columns(1u32);
        const INSERT_TEXT: __occ::SqlText = __occ::SqlText::and(
            __occ::SqlText::with_optional_columns(1u32),
            __occ::SqlText::with_optional_columns(0u32),
        );
        type VersionColumn = accounts::version;
        type Version = i32;
        type Generator = <i32 as __occ::check::GeneratorOf<__OccChecks>>::Generator;
        type Check = __occ::ByVersion;
        fn version(&self) -> &Self::Version {
            &self.6
        }
        fn set_version(&mut self, __version: Self::Version) -> Self::Version {
            __occ::replace(&mut self.6, __version)
        }
        fn table_name() -> &'static __occ::str {
            "accounts"
        }
        fn table() -> Self::Table {
            accounts::table
        }
        type Prepared<'__a> = () where Self: '__a;
        fn prepare(&self) -> Self::Prepared<'_> {}
        fn visit_key(
            &self,
            __visit: &mut dyn __occ::FnMut(&dyn __occ::Debug, __occ::Identity<'_>),
        ) {
            __visit(&self.0, (&&&__occ::Probe(&self.0)).occ_identity());
        }
        fn key_columns() -> &'static [&'static __occ::str] {
            &[<accounts::id as __occ::Column>::NAME]
        }
        fn columns() -> &'static [&'static __occ::str] {
            &[
                <accounts::id as __occ::Column>::NAME,
                <accounts::owner as __occ::Column>::NAME,
                <accounts::balance as __occ::Column>::NAME,
                <accounts::pin as __occ::Column>::NAME,
                <accounts::seen as __occ::Column>::NAME,
                <accounts::views as __occ::Column>::NAME,
                <accounts::version as __occ::Column>::NAME,
            ]
        }
        fn unversioned_columns() -> &'static [&'static __occ::str] {
            &[<accounts::views as __occ::Column>::NAME]
        }
        fn has_key_of(&self, __other: &Self) -> __occ::bool {
            (&&__occ::Pair(&self.0, &__other.0)).occ_same()
        }
        fn version_identity(&self) -> __occ::Identity<'_> {
            (&&&__occ::Probe(&self.6)).occ_identity()
        }
        fn sql_name() -> __occ::Option<&'static dyn __occ::Debug> {
            (&&__occ::NameOf::<
                <Self as __occ::OptimisticLock>::Table,
            >(__occ::PhantomData))
                .occ_name()
        }
    }
    #[automatically_derived]
    impl<__DB: __occ::Backend> __occ::Columns<__DB> for Account
    where
        i32: __occ::ColumnValue<accounts::id, __DB, __OccChecks>,
        String: __occ::ColumnValue<accounts::owner, __DB, __OccChecks>,
        i64: __occ::ColumnValue<accounts::balance, __DB, __OccChecks>,
        String: __occ::ColumnValue<accounts::pin, __DB, __OccChecks>,
        i64: __occ::ColumnValue<accounts::seen, __DB, __OccChecks>,
        i64: __occ::ColumnValue<accounts::views, __DB, __OccChecks>,
        i32: __occ::ColumnValue<accounts::version, __DB, __OccChecks>,
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
                accounts::id,
                _,
                __OccChecks,
            >(__visitor, &self.0)?;
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
                accounts::owner,
                _,
                __OccChecks,
            >(__visitor, &self.1)?;
            __occ::ColumnVisitor::column::<
                accounts::balance,
                _,
                __OccChecks,
            >(__visitor, &self.2)?;
            __occ::ColumnVisitor::column::<
                accounts::pin,
                _,
                __OccChecks,
            >(__visitor, &self.3)?;
            if let __occ::Some(__value) = &self.4 {
                __occ::ColumnVisitor::column::<
                    accounts::seen,
                    _,
                    __OccChecks,
                >(__visitor, __value)?;
            }
            __occ::Ok(())
        }
        fn unversioned<'__a, '__b, __V>(
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
                accounts::views,
                _,
                __OccChecks,
            >(__visitor, &self.5)?;
            __occ::Ok(())
        }
        fn visit_version<'__b, __V>(
            __version: &'__b Self::Version,
            __visitor: &mut __V,
        ) -> __occ::QueryResult<()>
        where
            __V: __occ::ColumnVisitor<'__b, __DB>,
        {
            __occ::ColumnVisitor::column::<
                accounts::version,
                _,
                __OccChecks,
            >(__visitor, __version)
        }
    }
    #[automatically_derived]
    impl<__DB: __occ::Backend> __occ::InsertColumns<__DB> for Account
    where
        Account: __occ::Columns<__DB>,
    {}
    #[automatically_derived]
    impl __occ::HasUnversioned for Account {
        const SQL_TEXT: __occ::SqlText = __occ::SqlText::with_optional_columns(0u32);
    }
    #[automatically_derived]
    impl __occ::Trackable for Account {
        fn field(__index: __occ::usize) -> __occ::Option<__occ::Field<Self>> {
            __occ::Some(
                match __index {
                    0usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "0",
                                |__a, __b| {
                                    <i32 as __occ::FieldValue>::same(&__a.0, &__b.0)
                                        && (&&__occ::Equal(&__a.0, &__b.0)).occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.0, &__b.0)).occ_is_same()
                                },
                                |__to, __from| <i32 as __occ::FieldValue>::take(
                                    &mut __to.0,
                                    &__from.0,
                                ),
                            )
                            .column(<accounts::id as __occ::Column>::NAME)
                            .key()
                            .shown(|__row| (&&&&&__occ::Show(&__row.0)).occ_show())
                    }
                    1usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "1",
                                |__a, __b| {
                                    <String as __occ::FieldValue>::same(&__a.1, &__b.1)
                                        && (&&__occ::Equal(&__a.1, &__b.1)).occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.1, &__b.1)).occ_is_same()
                                },
                                |__to, __from| <String as __occ::FieldValue>::take(
                                    &mut __to.1,
                                    &__from.1,
                                ),
                            )
                            .column(<accounts::owner as __occ::Column>::NAME)
                            .shown(|__row| (&&&&&__occ::Show(&__row.1)).occ_show())
                            .rule(__occ::Rule::Mine)
                    }
                    2usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "2",
                                |__a, __b| {
                                    <i64 as __occ::FieldValue>::same(&__a.2, &__b.2)
                                        && (&&__occ::Equal(&__a.2, &__b.2)).occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.2, &__b.2)).occ_is_same()
                                },
                                |__to, __from| <i64 as __occ::FieldValue>::take(
                                    &mut __to.2,
                                    &__from.2,
                                ),
                            )
                            .column(<accounts::balance as __occ::Column>::NAME)
                            .shown(|__row| (&&&&&__occ::Show(&__row.2)).occ_show())
                            .rule(
                                __occ::Rule::Add(|__to, __base, __mine, __theirs| <i64 as __occ::Adds>::add(
                                    &mut __to.2,
                                    &__base.2,
                                    &__mine.2,
                                    &__theirs.2,
                                )),
                            )
                    }
                    3usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "3",
                                |__a, __b| {
                                    <String as __occ::FieldValue>::same(&__a.3, &__b.3)
                                        && (&&__occ::Equal(&__a.3, &__b.3)).occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.3, &__b.3)).occ_is_same()
                                },
                                |__to, __from| <String as __occ::FieldValue>::take(
                                    &mut __to.3,
                                    &__from.3,
                                ),
                            )
                            .column(<accounts::pin as __occ::Column>::NAME)
                    }
                    4usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "4",
                                |__a, __b| {
                                    <Option<i64> as __occ::FieldValue>::same(&__a.4, &__b.4)
                                        && (&&__occ::Equal(&__a.4, &__b.4)).occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.4, &__b.4)).occ_is_same()
                                },
                                |__to, __from| <Option<
                                    i64,
                                > as __occ::FieldValue>::take(&mut __to.4, &__from.4),
                            )
                            .column(<accounts::seen as __occ::Column>::NAME)
                            .shown(|__row| (&&&&&__occ::Show(&__row.4)).occ_show())
                            .written_if(|__row| __occ::Option::is_some(&__row.4))
                            .rule(__occ::Rule::Theirs)
                    }
                    5usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "5",
                                |__a, __b| {
                                    <i64 as __occ::FieldValue>::same(&__a.5, &__b.5)
                                        && (&&__occ::Equal(&__a.5, &__b.5)).occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.5, &__b.5)).occ_is_same()
                                },
                                |__to, __from| <i64 as __occ::FieldValue>::take(
                                    &mut __to.5,
                                    &__from.5,
                                ),
                            )
                            .column(<accounts::views as __occ::Column>::NAME)
                            .shown(|__row| (&&&&&__occ::Show(&__row.5)).occ_show())
                            .written_if(|_| false)
                    }
                    _ => return __occ::None,
                },
            )
        }
    }
    #[automatically_derived]
    impl __occ::SerializesNoSecret for Account {}
};
