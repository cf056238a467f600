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
            let _: __occ::check::Field<String, crate::schema::items::order_id>;
            let _: __occ::check::Field<i32, crate::schema::items::line>;
            let _: __occ::check::Embedded<Price, crate::schema::items::table>;
            let _: __occ::check::Field<i32, crate::schema::items::amount>;
            let _: __occ::check::Field<Uuid, crate::schema::items::r#type>;
            let _: __occ::check::Version<Uuid, crate::schema::items::r#type>;
            false
        },
    >;
    type __OccChecks = __occ::Declared<
        {
            let _: __occ::check::OnBackend<
                String,
                crate::schema::items::order_id,
                diesel::sqlite::Sqlite,
                __OccFits,
            >;
            let _: __occ::check::OnBackend<
                String,
                crate::schema::items::order_id,
                diesel::pg::Pg,
                __OccFits,
            >;
            let _: __occ::check::OnBackend<
                i32,
                crate::schema::items::line,
                diesel::sqlite::Sqlite,
                __OccFits,
            >;
            let _: __occ::check::OnBackend<
                i32,
                crate::schema::items::line,
                diesel::pg::Pg,
                __OccFits,
            >;
            let _: __occ::check::EmbeddedOnBackend<
                Price,
                crate::schema::items::table,
                diesel::sqlite::Sqlite,
                __OccFits,
            >;
            let _: __occ::check::EmbeddedOnBackend<
                Price,
                crate::schema::items::table,
                diesel::pg::Pg,
                __OccFits,
            >;
            let _: __occ::check::OnBackend<
                i32,
                crate::schema::items::amount,
                diesel::sqlite::Sqlite,
                __OccFits,
            >;
            let _: __occ::check::OnBackend<
                i32,
                crate::schema::items::amount,
                diesel::pg::Pg,
                __OccFits,
            >;
            let _: __occ::check::OnBackend<
                Uuid,
                crate::schema::items::r#type,
                diesel::sqlite::Sqlite,
                __OccFits,
            >;
            let _: __occ::check::OnBackend<
                Uuid,
                crate::schema::items::r#type,
                diesel::pg::Pg,
                __OccFits,
            >;
            __OccFits::WRONG
        },
    >;
    const _: () = {
        if let __occ::Some(__sentence) = __occ::wrong_key::<
            crate::schema::items::table,
            _,
        >(
            &__occ::StructKey {
                name: "OrderLine",
                table: "items",
                columns: &["order_id", "line"],
                fields: &[
                    __occ::KeyField {
                        name: "order_id",
                        column: <crate::schema::items::order_id as __occ::Column>::NAME,
                        in_key: true,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "line",
                        column: <crate::schema::items::line as __occ::Column>::NAME,
                        in_key: true,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "amount",
                        column: <crate::schema::items::amount as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "r#type",
                        column: <crate::schema::items::r#type as __occ::Column>::NAME,
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
    impl __occ::OptimisticLock for OrderLine {
        type Table = crate::schema::items::table;
        type Checks = __OccChecks;
        type StatementId = __OccStatements;
        const SQL_TEXT: __occ::SqlText = __occ::SqlText::Many;
        type VersionColumn = crate::schema::items::r#type;
        type Version = Uuid;
        type Generator = UuidV7;
        type Check = __occ::ByVersion;
        fn version(&self) -> &Self::Version {
            &self.etag
        }
        fn set_version(&mut self, __version: Self::Version) -> Self::Version {
            __occ::replace(&mut self.etag, __version)
        }
        fn table_name() -> &'static __occ::str {
            "items"
        }
        fn table() -> Self::Table {
            crate::schema::items::table
        }
        type Prepared<'__a> = (
            String,
            <Price as __occ::Embedded<
                'static,
                crate::schema::items::table,
                __OccChecks,
            >>::Changeset<'__a>,
            i32,
        )
        where
            Self: '__a;
        fn prepare(&self) -> Self::Prepared<'_> {
            (
                <OrderId as __occ::SerializeAs<String>>::serialize_as(&self.order_id),
                <Price as __occ::Embedded<
                    'static,
                    crate::schema::items::table,
                    __OccChecks,
                >>::changeset(&self.price),
                <Amount as __occ::SerializeAs<i32>>::serialize_as(&self.amount),
            )
        }
        fn visit_key(
            &self,
            __visit: &mut dyn __occ::FnMut(&dyn __occ::Debug, __occ::Identity<'_>),
        ) {
            __visit(
                &<Self as __occ::OptimisticLock>::prepare(self).0,
                (&&&__occ::Probe(&<Self as __occ::OptimisticLock>::prepare(self).0))
                    .occ_identity(),
            );
            __visit(&self.line, (&&&__occ::Probe(&self.line)).occ_identity());
        }
        fn key_columns() -> &'static [&'static __occ::str] {
            &[
                <crate::schema::items::order_id as __occ::Column>::NAME,
                <crate::schema::items::line as __occ::Column>::NAME,
            ]
        }
        fn table_key() -> &'static [&'static __occ::str] {
            __occ::table_key::<crate::schema::items::table, _>()
        }
        fn columns() -> &'static [&'static __occ::str] {
            &[
                <crate::schema::items::order_id as __occ::Column>::NAME,
                <crate::schema::items::line as __occ::Column>::NAME,
                <crate::schema::items::amount as __occ::Column>::NAME,
                <crate::schema::items::r#type as __occ::Column>::NAME,
            ]
        }
        fn has_key_of(&self, __other: &Self) -> __occ::bool {
            (&&__occ::Pair(
                &<Self as __occ::OptimisticLock>::prepare(self).0,
                &<Self as __occ::OptimisticLock>::prepare(__other).0,
            ))
                .occ_same() && (&&__occ::Pair(&self.line, &__other.line)).occ_same()
        }
        fn version_identity(&self) -> __occ::Identity<'_> {
            (&&&__occ::Probe(&self.etag)).occ_identity()
        }
        fn sql_name() -> __occ::Option<&'static dyn __occ::Debug> {
            (&&__occ::NameOf::<
                <Self as __occ::OptimisticLock>::Table,
            >(__occ::PhantomData))
                .occ_name()
        }
    }
    #[automatically_derived]
    impl<__DB: __occ::Backend> __occ::Columns<__DB> for OrderLine
    where
        String: __occ::ColumnValue<crate::schema::items::order_id, __DB, __OccChecks>,
        i32: __occ::ColumnValue<crate::schema::items::line, __DB, __OccChecks>,
        Price: __occ::EmbeddedOn<crate::schema::items::table, __DB, __OccChecks>,
        i32: __occ::ColumnValue<crate::schema::items::amount, __DB, __OccChecks>,
        Uuid: __occ::ColumnValue<crate::schema::items::r#type, __DB, __OccChecks>,
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
                crate::schema::items::order_id,
                _,
                __OccChecks,
            >(__visitor, &__prepared.0)?;
            __occ::ColumnVisitor::column::<
                crate::schema::items::line,
                _,
                __OccChecks,
            >(__visitor, &self.line)?;
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
            <Price as __occ::EmbeddedOn<
                crate::schema::items::table,
                __DB,
                __OccChecks,
            >>::visit(&__prepared.1, __visitor)?;
            __occ::ColumnVisitor::column::<
                crate::schema::items::amount,
                _,
                __OccChecks,
            >(__visitor, &__prepared.2)?;
            __occ::Ok(())
        }
        fn written_once() -> __occ::QueryResult<()> {
            static __WRITTEN: __occ::WrittenOnce = __occ::WrittenOnce::new();
            __WRITTEN
                .check(
                    "OrderLine",
                    "items",
                    |__all| {
                        __all
                            .own::<
                                __occ::Eq<
                                    crate::schema::items::order_id,
                                    crate::schema::items::order_id,
                                >,
                            >();
                        __all
                            .own::<
                                __occ::Eq<
                                    crate::schema::items::line,
                                    crate::schema::items::line,
                                >,
                            >();
                        __all
                            .own::<
                                __occ::Eq<
                                    crate::schema::items::amount,
                                    crate::schema::items::amount,
                                >,
                            >();
                        __all
                            .own::<
                                __occ::Eq<
                                    crate::schema::items::r#type,
                                    crate::schema::items::r#type,
                                >,
                            >();
                        __all.embedded::<crate::schema::items::table, Price>("Price");
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
                crate::schema::items::r#type,
                _,
                __OccChecks,
            >(__visitor, __version)
        }
    }
};
