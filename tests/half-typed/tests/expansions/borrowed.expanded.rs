#[allow(
    unused_qualifications,
    reason = "a path that is longer than needed is the user's"
)]
const _: () = {
    use ::occ_runtime::__private as __occ;
    use __occ::probes::*;
    /// Stands for this struct's SQL in the statement cache: a type of no parameters, whatever the struct has.
    pub enum __OccStatements {}
    type __OccFits = __occ::Declared<
        {
            let _: __occ::check::Field<i32, lines::id>;
            let _: __occ::check::Field<&'static str, lines::name>;
            let _: __occ::check::Embedded<Price<'static>, lines::table>;
            let _: __occ::check::Counter<i32, lines::version, _>;
            let _: __occ::check::Version<i32, lines::version>;
            false
        },
    >;
    type __OccChecks = __occ::Declared<
        {
            let _: __occ::check::OnBackend<i32, lines::id, diesel::pg::Pg, __OccFits>;
            let _: __occ::check::OnBackend<
                &'static str,
                lines::name,
                diesel::pg::Pg,
                __OccFits,
            >;
            let _: __occ::check::EmbeddedOnBackend<
                Price<'static>,
                lines::table,
                diesel::pg::Pg,
                __OccFits,
            >;
            let _: __occ::check::OnBackend<
                i32,
                lines::version,
                diesel::pg::Pg,
                __OccFits,
            >;
            __OccFits::WRONG
        },
    >;
    const _: () = {
        if let __occ::Some(__sentence) = __occ::wrong_key::<
            lines::table,
            _,
        >(
            &__occ::StructKey {
                name: "Line",
                table: "lines",
                columns: &["id"],
                fields: &[
                    __occ::KeyField {
                        name: "id",
                        column: <lines::id as __occ::Column>::NAME,
                        in_key: true,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "name",
                        column: <lines::name as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "parent",
                        column: <lines::parent as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "value",
                        column: <lines::value as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "version",
                        column: <lines::version as __occ::Column>::NAME,
                        in_key: false,
                        is_version: true,
                    },
                ],
                unique: false,
                embeds: true,
            },
        ) {
            __occ::panic!("{}", __sentence.text())
        }
    };
    #[automatically_derived]
    impl<'a, 'b, V> __occ::OptimisticLock for Line<'a, 'b, V>
    where
        V: Value,
    {
        type Table = lines::table;
        type Checks = __OccChecks;
        type StatementId = __OccStatements;
        const SQL_TEXT: __occ::SqlText = __occ::SqlText::Many;
        type VersionColumn = lines::version;
        type Version = i32;
        type Generator = <i32 as __occ::check::GeneratorOf<__OccChecks>>::Generator;
        type Check = __occ::ByVersion;
        fn version(&self) -> &Self::Version {
            &self.version
        }
        fn set_version(&mut self, __version: Self::Version) -> Self::Version {
            __occ::replace(&mut self.version, __version)
        }
        fn table_name() -> &'static __occ::str {
            "lines"
        }
        fn table() -> Self::Table {
            lines::table
        }
        type Prepared<'__a> = (
            <Price<
                'a,
            > as __occ::Embedded<'static, lines::table, __OccChecks>>::Changeset<'__a>,
        )
        where
            Self: '__a;
        fn prepare(&self) -> Self::Prepared<'_> {
            (
                <Price<
                    'a,
                > as __occ::Embedded<
                    'static,
                    lines::table,
                    __OccChecks,
                >>::changeset(&self.price),
            )
        }
        fn visit_key(
            &self,
            __visit: &mut dyn __occ::FnMut(&dyn __occ::Debug, __occ::Identity<'_>),
        ) {
            __visit(&self.id, (&&&__occ::Probe(&self.id)).occ_identity());
        }
        fn key_columns() -> &'static [&'static __occ::str] {
            &[<lines::id as __occ::Column>::NAME]
        }
        fn columns() -> &'static [&'static __occ::str] {
            &[
                <lines::id as __occ::Column>::NAME,
                <lines::name as __occ::Column>::NAME,
                <lines::parent as __occ::Column>::NAME,
                <lines::value as __occ::Column>::NAME,
                <lines::version as __occ::Column>::NAME,
            ]
        }
        fn has_key_of(&self, __other: &Self) -> __occ::bool {
            (&&__occ::Pair(&self.id, &__other.id)).occ_same()
        }
        fn version_identity(&self) -> __occ::Identity<'_> {
            (&&&__occ::Probe(&self.version)).occ_identity()
        }
        fn sql_name() -> __occ::Option<&'static dyn __occ::Debug> {
            (&&__occ::NameOf::<
                <Self as __occ::OptimisticLock>::Table,
            >(__occ::PhantomData))
                .occ_name()
        }
    }
    #[automatically_derived]
    impl<'a, 'b, V, __DB: __occ::Backend> __occ::Columns<__DB> for Line<'a, 'b, V>
    where
        V: Value,
        i32: __occ::ColumnValue<lines::id, __DB, __OccChecks>,
        &'a str: __occ::ColumnValue<lines::name, __DB, __OccChecks>,
        Option<
            (Key<Self>, &'b [u8]),
        >: __occ::ColumnValue<lines::parent, __DB, __OccChecks>,
        Price<'a>: __occ::EmbeddedOn<lines::table, __DB, __OccChecks>,
        Option<V>: __occ::ColumnValue<lines::value, __DB, __OccChecks>,
        i32: __occ::ColumnValue<lines::version, __DB, __OccChecks>,
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
                lines::id,
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
                lines::name,
                _,
                __OccChecks,
            >(__visitor, &self.name)?;
            __occ::ColumnVisitor::column::<
                lines::parent,
                _,
                __OccChecks,
            >(__visitor, &self.parent)?;
            <Price<
                'a,
            > as __occ::EmbeddedOn<
                lines::table,
                __DB,
                __OccChecks,
            >>::visit(&__prepared.0, __visitor)?;
            __occ::ColumnVisitor::column::<
                lines::value,
                _,
                __OccChecks,
            >(__visitor, &self.value)?;
            __occ::Ok(())
        }
        fn written_once() -> __occ::QueryResult<()> {
            static __WRITTEN: __occ::WrittenOnce = __occ::WrittenOnce::new();
            __WRITTEN
                .check(
                    "Line",
                    "lines",
                    |__all| {
                        __all.own::<__occ::Eq<lines::id, lines::id>>();
                        __all.own::<__occ::Eq<lines::name, lines::name>>();
                        __all.own::<__occ::Eq<lines::parent, lines::parent>>();
                        __all.own::<__occ::Eq<lines::value, lines::value>>();
                        __all.own::<__occ::Eq<lines::version, lines::version>>();
                        __all.embedded::<lines::table, Price<'a>>("Price<'a>");
                    },
                )
        }
        fn visit_version<'__b, __V>(
            __version: &'__b Self::Version,
            __visitor: &mut __V,
        ) -> __occ::QueryResult<()>
        where
            __V: __occ::ColumnVisitor<'__b, __DB>,
        {
            __occ::ColumnVisitor::column::<
                lines::version,
                _,
                __OccChecks,
            >(__visitor, __version)
        }
    }
};
