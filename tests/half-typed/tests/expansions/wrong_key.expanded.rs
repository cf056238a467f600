const _: () = {
    use ::occ_runtime::__private as __occ;
    const _: () = {
        if let __occ::Some(__sentence) = __occ::wrong_key::<
            products::table,
            _,
        >(
            &__occ::StructKey {
                name: "Product",
                table: "products",
                columns: &["tenant", "id"],
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
        type VersionColumn = __occ::stub::Column<products::table>;
        type Version = __occ::i32;
        type Generator = __occ::Increment;
        type Check = __occ::ByVersion;
        type Prepared<'__a> = () where Self: '__a;
        type Checks = __occ::Declared<true>;
        type StatementId = ();
        const SQL_TEXT: __occ::SqlText = __occ::SqlText::Many;
        fn version(&self) -> &Self::Version {
            __occ::stub::never()
        }
        fn table_name() -> &'static __occ::str {
            __occ::stub::never()
        }
        fn table() -> Self::Table {
            __occ::stub::never()
        }
        fn set_version(&mut self, _: Self::Version) -> Self::Version {
            __occ::stub::never()
        }
        fn prepare(&self) {
            __occ::stub::never()
        }
        fn visit_key(
            &self,
            _: &mut dyn __occ::FnMut(&dyn __occ::Debug, __occ::Identity<'_>),
        ) {
            __occ::stub::never()
        }
    }
    #[automatically_derived]
    impl __occ::HasUnversioned for Product {
        const SQL_TEXT: __occ::SqlText = __occ::SqlText::Many;
    }
    #[automatically_derived]
    impl __occ::SoftDelete for Product {
        fn is_deleted(&self) -> __occ::bool {
            __occ::stub::never()
        }
    }
    #[automatically_derived]
    impl<__DB: __occ::Backend> __occ::Columns<__DB> for Product {
        fn key<'__a, '__b, __V>(
            &'__b self,
            _: &'__b Self::Prepared<'__a>,
            _: &mut __V,
        ) -> __occ::QueryResult<()>
        where
            Self: '__a,
            '__a: '__b,
            __V: __occ::ColumnVisitor<'__b, __DB>,
        {
            __occ::stub::never()
        }
        fn values<'__a, '__b, __V>(
            &'__b self,
            _: &'__b Self::Prepared<'__a>,
            _: &mut __V,
        ) -> __occ::QueryResult<()>
        where
            Self: '__a,
            '__a: '__b,
            __V: __occ::ColumnVisitor<'__b, __DB>,
        {
            __occ::stub::never()
        }
        fn visit_version<'__b, __V>(
            _: &'__b Self::Version,
            _: &mut __V,
        ) -> __occ::QueryResult<()>
        where
            __V: __occ::ColumnVisitor<'__b, __DB>,
        {
            __occ::stub::never()
        }
    }
    #[automatically_derived]
    impl<__DB: __occ::Backend> __occ::InsertColumns<__DB> for Product {}
};
