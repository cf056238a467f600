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
            let _: __occ::check::Field<i32, products::id>;
            let _: __occ::check::Field<String, products::name>;
            let _: __occ::check::Field<SystemTime, products::deleted_at>;
            let _: __occ::check::Since<Option<SystemTime>, products::deleted_at>;
            let _: __occ::check::Counter<i32, products::version, _>;
            let _: __occ::check::Version<i32, products::version>;
            let _: __occ::check::Mark<Option<SystemTime>, _>;
            false
        },
    >;
    const _: () = {
        if let __occ::Some(__sentence) = __occ::wrong_key::<
            products::table,
            _,
        >(
            &__occ::StructKey {
                name: "Product",
                table: "products",
                columns: &["id"],
                fields: &[
                    __occ::KeyField {
                        name: "id",
                        column: <products::id as __occ::Column>::NAME,
                        in_key: true,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "name",
                        column: <products::name as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "deleted_at",
                        column: <products::deleted_at as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "version",
                        column: <products::version as __occ::Column>::NAME,
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
    impl __occ::OptimisticLock for Product {
        type Table = products::table;
        type Checks = __OccChecks;
        type StatementId = __OccStatements;
        const SQL_TEXT: __occ::SqlText = __occ::SqlText::with_optional_columns(0u32);
        const MARK: __occ::Option<__occ::MarkColumn> = __occ::Some(
            __occ::MarkColumn::of::<
                products::deleted_at,
                Option<SystemTime>,
                __OccChecks,
            >(),
        );
        fn made_mark(__deletion: __occ::Deletion) -> __occ::Option<__occ::Mark> {
            __occ::Some(__occ::Mark::of::<Option<SystemTime>, __OccChecks>(__deletion))
        }
        fn take_mark(&mut self) {
            self.deleted_at = <Option<
                SystemTime,
            > as __occ::MarkType<__OccChecks>>::made(__occ::Deletion::Undone);
        }
        type VersionColumn = products::version;
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
            "products"
        }
        fn table() -> Self::Table {
            products::table
        }
        type Prepared<'__a> = () where Self: '__a;
        fn prepare(&self) -> Self::Prepared<'_> {}
        fn visit_key(
            &self,
            __visit: &mut dyn __occ::FnMut(&dyn __occ::Debug, __occ::Identity<'_>),
        ) {
            __visit(&self.id, (&&&__occ::Probe(&self.id)).occ_identity());
        }
        fn key_columns() -> &'static [&'static __occ::str] {
            &[<products::id as __occ::Column>::NAME]
        }
        fn columns() -> &'static [&'static __occ::str] {
            &[
                <products::id as __occ::Column>::NAME,
                <products::name as __occ::Column>::NAME,
                <products::deleted_at as __occ::Column>::NAME,
                <products::version as __occ::Column>::NAME,
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
    impl<__DB: __occ::Backend> __occ::Columns<__DB> for Product
    where
        i32: __occ::ColumnValue<products::id, __DB, __OccChecks>,
        String: __occ::ColumnValue<products::name, __DB, __OccChecks>,
        Option<SystemTime>: __occ::ColumnValue<products::deleted_at, __DB, __OccChecks>,
        i32: __occ::ColumnValue<products::version, __DB, __OccChecks>,
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
                products::id,
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
                products::name,
                _,
                __OccChecks,
            >(__visitor, &self.name)?;
            __occ::ColumnVisitor::column::<
                products::deleted_at,
                _,
                __OccChecks,
            >(__visitor, &self.deleted_at)?;
            __occ::Ok(())
        }
        fn visit_mark<'__b, __V>(
            __mark: &'__b __occ::Mark,
            __visitor: &mut __V,
        ) -> __occ::QueryResult<()>
        where
            __V: __occ::ColumnVisitor<'__b, __DB>,
        {
            __occ::Mark::visit::<
                products::deleted_at,
                Option<SystemTime>,
                __DB,
                __OccChecks,
                _,
            >(__mark, __visitor)
        }
        fn visit_version<'__b, __V>(
            __version: &'__b Self::Version,
            __visitor: &mut __V,
        ) -> __occ::QueryResult<()>
        where
            __V: __occ::ColumnVisitor<'__b, __DB>,
        {
            __occ::ColumnVisitor::column::<
                products::version,
                _,
                __OccChecks,
            >(__visitor, __version)
        }
    }
    #[automatically_derived]
    impl<__DB: __occ::Backend> __occ::InsertColumns<__DB> for Product
    where
        Product: __occ::Columns<__DB>,
    {}
    #[automatically_derived]
    impl __occ::SoftDelete for Product {
        fn is_deleted(&self) -> __occ::bool {
            <Option<
                SystemTime,
            > as __occ::MarkType<__OccChecks>>::is_deleted(&self.deleted_at)
        }
    }
};
