const _: () = {
    use ::occ_runtime::__private as __occ;
    type __OccRefused = __occ::Declared<
        {
            let _ = ::core::compile_error! {
                "unknown key `verson` for `#[occ(..)]` on a field\nhelp: did you mean `version`?"
            };
            let _ = ::core::compile_error! {
                "a key column is never NULL\nhelp: use `i32`, and let its column be no `Nullable` in `table!`"
            };
            false
        },
    >;
    #[automatically_derived]
    impl<'a, T: Clone> __occ::OptimisticLock for Refused<'a, T> {
        type Table = __OccRefused;
        type VersionColumn = __OccRefused;
        type Version = __OccRefused;
        type Generator = __OccRefused;
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
    impl<'a, T: Clone> __occ::HasUnversioned for Refused<'a, T> {
        const SQL_TEXT: __occ::SqlText = __occ::SqlText::Many;
    }
    #[automatically_derived]
    impl<'a, T: Clone> __occ::SoftDelete for Refused<'a, T> {
        fn is_deleted(&self) -> __occ::bool {
            __occ::stub::never()
        }
    }
    #[automatically_derived]
    impl<'a, T: Clone, __DB: __occ::Backend> __occ::Columns<__DB> for Refused<'a, T> {
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
    impl<'a, T: Clone, __DB: __occ::Backend> __occ::InsertColumns<__DB>
    for Refused<'a, T> {}
    #[automatically_derived]
    impl<'a, T: Clone> __occ::Trackable for Refused<'a, T>
    where
        for<'__any> Refused<'a, T>: __occ::Clone,
    {
        fn field(_: __occ::usize) -> __occ::Option<__occ::Field<Self>> {
            __occ::stub::never()
        }
    }
    #[automatically_derived]
    impl<'a, T: Clone> __occ::SerializesNoSecret for Refused<'a, T> {}
};
