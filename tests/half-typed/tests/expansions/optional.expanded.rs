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
            let _: __occ::check::Field<i64, drafts::id>;
            let _: __occ::check::Field<String, drafts::title>;
            let _: __occ::check::NoneAsNull<Option<String>, drafts::title>;
            let _: __occ::check::Field<String, drafts::text>;
            let _: __occ::check::Field<String, drafts::state>;
            let _: __occ::check::Field<Option<String>, drafts::mood>;
            let _: __occ::check::Field<i64, drafts::views>;
            let _: __occ::check::Counter<Tick, drafts::lock_version, _>;
            let _: __occ::check::Version<Tick, drafts::lock_version>;
            false
        },
    >;
    const _: () = if <<Tick as __occ::DefaultGenerator>::Generator as __occ::VersionGenerator<
        Tick,
    >>::BY_DATABASE {
        __occ::panic!(
            "`unversioned` cannot be used here: the database makes a new version with every UPDATE, also of this field alone\nhelp: remove `unversioned`"
        )
    };
    const _: () = {
        if let __occ::Some(__sentence) = __occ::wrong_key::<
            drafts::table,
            _,
        >(
            &__occ::StructKey {
                name: "Draft",
                table: "drafts",
                columns: &["id"],
                fields: &[
                    __occ::KeyField {
                        name: "id",
                        column: <drafts::id as __occ::Column>::NAME,
                        in_key: true,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "title",
                        column: <drafts::title as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "text",
                        column: <drafts::text as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "state",
                        column: <drafts::state as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "mood",
                        column: <drafts::mood as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "created_at",
                        column: "created_at",
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "views",
                        column: <drafts::views as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "lock_version",
                        column: <drafts::lock_version as __occ::Column>::NAME,
                        in_key: false,
                        is_version: true,
                    },
                ],
                unique: true,
                embeds: false,
            },
        ) {
            __occ::panic!("{}", __sentence.text())
        }
    };
    #[automatically_derived]
    impl __occ::OptimisticLock for Draft {
        type Table = drafts::table;
        type Checks = __OccChecks;
        type StatementId = __OccStatements;
        const SQL_TEXT: __occ::SqlText = __occ::SqlText::with_optional_columns(2u32);
        const INSERT_TEXT: __occ::SqlText = __occ::SqlText::and(
            __occ::SqlText::with_optional_columns(2u32),
            __occ::SqlText::with_optional_columns(1u32),
        );
        const UNIQUE_KEY: __occ::bool = true;
        type VersionColumn = drafts::lock_version;
        type Version = Tick;
        type Generator = <Tick as __occ::check::GeneratorOf<__OccChecks>>::Generator;
        type Check = __occ::ByVersion;
        fn version(&self) -> &Self::Version {
            &self.lock_version
        }
        fn set_version(&mut self, __version: Self::Version) -> Self::Version {
            __occ::replace(&mut self.lock_version, __version)
        }
        fn table_name() -> &'static __occ::str {
            "drafts"
        }
        fn table() -> Self::Table {
            drafts::table
        }
        type Prepared<'__a> = (__occ::Option<String>, Option<String>) where Self: '__a;
        fn prepare(&self) -> Self::Prepared<'_> {
            (
                __occ::Option::map(
                    __occ::Option::as_ref(&self.state),
                    <State as __occ::SerializeAs<String>>::serialize_as,
                ),
                <Option<
                    Mood,
                > as __occ::SerializeAs<Option<String>>>::serialize_as(&self.mood),
            )
        }
        fn visit_key(
            &self,
            __visit: &mut dyn __occ::FnMut(&dyn __occ::Debug, __occ::Identity<'_>),
        ) {
            __visit(&self.id, (&&&__occ::Probe(&self.id)).occ_identity());
        }
        fn key_columns() -> &'static [&'static __occ::str] {
            &[<drafts::id as __occ::Column>::NAME]
        }
        fn table_key() -> &'static [&'static __occ::str] {
            __occ::table_key::<drafts::table, _>()
        }
        fn columns() -> &'static [&'static __occ::str] {
            &[
                <drafts::id as __occ::Column>::NAME,
                <drafts::title as __occ::Column>::NAME,
                <drafts::text as __occ::Column>::NAME,
                <drafts::state as __occ::Column>::NAME,
                <drafts::mood as __occ::Column>::NAME,
                <drafts::views as __occ::Column>::NAME,
                <drafts::lock_version as __occ::Column>::NAME,
            ]
        }
        fn unversioned_columns() -> &'static [&'static __occ::str] {
            &[<drafts::views as __occ::Column>::NAME]
        }
        fn has_key_of(&self, __other: &Self) -> __occ::bool {
            (&&__occ::Pair(&self.id, &__other.id)).occ_same()
        }
        fn version_identity(&self) -> __occ::Identity<'_> {
            (&&&__occ::Probe(&self.lock_version)).occ_identity()
        }
        fn sql_name() -> __occ::Option<&'static dyn __occ::Debug> {
            (&&__occ::NameOf::<
                <Self as __occ::OptimisticLock>::Table,
            >(__occ::PhantomData))
                .occ_name()
        }
    }
    #[automatically_derived]
    impl<__DB: __occ::Backend> __occ::Columns<__DB> for Draft
    where
        i64: __occ::ColumnValue<drafts::id, __DB, __OccChecks>,
        Option<String>: __occ::ColumnValue<drafts::title, __DB, __OccChecks>,
        String: __occ::ColumnValue<drafts::text, __DB, __OccChecks>,
        String: __occ::ColumnValue<drafts::state, __DB, __OccChecks>,
        Option<String>: __occ::ColumnValue<drafts::mood, __DB, __OccChecks>,
        i64: __occ::ColumnValue<drafts::views, __DB, __OccChecks>,
        Tick: __occ::ColumnValue<drafts::lock_version, __DB, __OccChecks>,
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
                drafts::id,
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
                drafts::title,
                _,
                __OccChecks,
            >(__visitor, &self.title)?;
            if let __occ::Some(__value) = &self.text {
                __occ::ColumnVisitor::column::<
                    drafts::text,
                    _,
                    __OccChecks,
                >(__visitor, __value)?;
            }
            if let __occ::Some(__value) = &__prepared.0 {
                __occ::ColumnVisitor::column::<
                    drafts::state,
                    _,
                    __OccChecks,
                >(__visitor, __value)?;
            }
            __occ::ColumnVisitor::column::<
                drafts::mood,
                _,
                __OccChecks,
            >(__visitor, &__prepared.1)?;
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
            if let __occ::Some(__value) = &self.views {
                __occ::ColumnVisitor::column::<
                    drafts::views,
                    _,
                    __OccChecks,
                >(__visitor, __value)?;
            }
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
                drafts::lock_version,
                _,
                __OccChecks,
            >(__visitor, __version)
        }
    }
    #[automatically_derived]
    impl __occ::HasUnversioned for Draft {
        const SQL_TEXT: __occ::SqlText = __occ::SqlText::with_optional_columns(1u32);
    }
};
