#[allow(
    unused_qualifications,
    reason = "a path that is longer than needed is the user's"
)]
const _: () = {
    use my::occ as __occ_runtime;
    use __occ_runtime::__private as __occ;
    use __occ::probes::*;
    /// Stands for this struct's SQL in the statement cache: a type of no parameters, whatever the struct has.
    pub enum __OccStatements {}
    type __OccChecks = __occ::Declared<
        {
            let _: __occ::check::Field<&'static str, entrys::name>;
            false
        },
    >;
    const _: () = {
        if let __occ::Some(__sentence) = __occ::wrong_key::<
            entrys::table,
            _,
        >(
            &__occ::StructKey {
                name: "Entry",
                table: "entrys",
                columns: &["key"],
                fields: &[
                    __occ::KeyField {
                        name: "key",
                        column: <entrys::key as __occ::Column>::NAME,
                        in_key: true,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "value",
                        column: <entrys::value as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "bytes",
                        column: <entrys::bytes as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "name",
                        column: <entrys::name as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "parent",
                        column: <entrys::parent as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "version",
                        column: <entrys::version as __occ::Column>::NAME,
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
    impl<'a, K: Key, V, const N: usize> __occ::OptimisticLock for Entry<'a, K, V, N>
    where
        V: Value,
        Stored<K>: __occ::Debug,
    {
        type Table = entrys::table;
        type Checks = __OccChecks;
        type StatementId = __OccStatements;
        const SQL_TEXT: __occ::SqlText = __occ::SqlText::with_optional_columns(0u32);
        type VersionColumn = entrys::version;
        type Version = <K as Key>::Version;
        type Generator = <<K as Key>::Version as __occ::DefaultGenerator>::Generator;
        type Check = __occ::ByVersion;
        fn version(&self) -> &Self::Version {
            &self.version
        }
        fn set_version(&mut self, __version: Self::Version) -> Self::Version {
            __occ::replace(&mut self.version, __version)
        }
        fn table_name() -> &'static __occ::str {
            "entrys"
        }
        fn table() -> Self::Table {
            entrys::table
        }
        type Prepared<'__a> = (Stored<K>, Text<V>) where Self: '__a;
        fn prepare(&self) -> Self::Prepared<'_> {
            (
                <K as __occ::SerializeAs<Stored<K>>>::serialize_as(&self.key),
                <V as __occ::SerializeAs<Text<V>>>::serialize_as(&self.value),
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
        }
        fn key_columns() -> &'static [&'static __occ::str] {
            &[<entrys::key as __occ::Column>::NAME]
        }
        fn columns() -> &'static [&'static __occ::str] {
            &[
                <entrys::key as __occ::Column>::NAME,
                <entrys::value as __occ::Column>::NAME,
                <entrys::bytes as __occ::Column>::NAME,
                <entrys::name as __occ::Column>::NAME,
                <entrys::parent as __occ::Column>::NAME,
                <entrys::version as __occ::Column>::NAME,
            ]
        }
        fn has_key_of(&self, __other: &Self) -> __occ::bool {
            (&&__occ::Pair(
                &<Self as __occ::OptimisticLock>::prepare(self).0,
                &<Self as __occ::OptimisticLock>::prepare(__other).0,
            ))
                .occ_same()
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
    impl<'a, K: Key, V, const N: usize, __DB: __occ::Backend> __occ::Columns<__DB>
    for Entry<'a, K, V, N>
    where
        V: Value,
        Stored<K>: __occ::ColumnValue<entrys::key, __DB, __OccChecks>,
        Text<V>: __occ::ColumnValue<entrys::value, __DB, __OccChecks>,
        [u8; N]: __occ::ColumnValue<entrys::bytes, __DB, __OccChecks>,
        &'a str: __occ::ColumnValue<entrys::name, __DB, __OccChecks>,
        Option<Self::Parent>: __occ::ColumnValue<entrys::parent, __DB, __OccChecks>,
        <K as Key>::Version: __occ::ColumnValue<entrys::version, __DB, __OccChecks>,
        Stored<K>: __occ::Debug,
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
                entrys::key,
                _,
                __OccChecks,
            >(__visitor, &__prepared.0)?;
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
                entrys::value,
                _,
                __OccChecks,
            >(__visitor, &__prepared.1)?;
            __occ::ColumnVisitor::column::<
                entrys::bytes,
                _,
                __OccChecks,
            >(__visitor, &self.bytes)?;
            __occ::ColumnVisitor::column::<
                entrys::name,
                _,
                __OccChecks,
            >(__visitor, &self.name)?;
            __occ::ColumnVisitor::column::<
                entrys::parent,
                _,
                __OccChecks,
            >(__visitor, &self.parent)?;
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
                entrys::version,
                _,
                __OccChecks,
            >(__visitor, __version)
        }
    }
    #[automatically_derived]
    impl<'a, K: Key, V, const N: usize, __DB: __occ::Backend> __occ::InsertColumns<__DB>
    for Entry<'a, K, V, N>
    where
        V: Value,
        Entry<'a, K, V, N>: __occ::Columns<__DB>,
    {}
    #[automatically_derived]
    impl<'a, K: Key, V, const N: usize> __occ::Trackable for Entry<'a, K, V, N>
    where
        V: Value,
        Entry<'a, K, V, N>: __occ::Clone,
        K: __occ::FieldValue,
        V: __occ::FieldValue,
        [u8; N]: __occ::FieldValue,
        Option<Self::Parent>: __occ::FieldValue,
        Stored<K>: __occ::Debug,
    {
        fn field(__index: __occ::usize) -> __occ::Option<__occ::Field<Self>> {
            __occ::Some(
                match __index {
                    0usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "key",
                                |__a, __b| {
                                    <K as __occ::FieldValue>::same(&__a.key, &__b.key)
                                        && (&&__occ::Equal(&__a.key, &__b.key)).occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.key, &__b.key)).occ_is_same()
                                },
                                |__to, __from| <K as __occ::FieldValue>::take(
                                    &mut __to.key,
                                    &__from.key,
                                ),
                            )
                            .column(<entrys::key as __occ::Column>::NAME)
                            .key()
                            .shown(|__row| (&&&&&__occ::Show(&__row.key)).occ_show())
                    }
                    1usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "value",
                                |__a, __b| {
                                    <V as __occ::FieldValue>::same(&__a.value, &__b.value)
                                        && (&&__occ::Equal(&__a.value, &__b.value))
                                            .occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.value, &__b.value))
                                            .occ_is_same()
                                },
                                |__to, __from| <V as __occ::FieldValue>::take(
                                    &mut __to.value,
                                    &__from.value,
                                ),
                            )
                            .column(<entrys::value as __occ::Column>::NAME)
                            .shown(|__row| (&&&&&__occ::Show(&__row.value)).occ_show())
                    }
                    2usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "bytes",
                                |__a, __b| {
                                    <[u8; N] as __occ::FieldValue>::same(&__a.bytes, &__b.bytes)
                                        && (&&__occ::Equal(&__a.bytes, &__b.bytes))
                                            .occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.bytes, &__b.bytes))
                                            .occ_is_same()
                                },
                                |__to, __from| <[u8; N] as __occ::FieldValue>::take(
                                    &mut __to.bytes,
                                    &__from.bytes,
                                ),
                            )
                            .column(<entrys::bytes as __occ::Column>::NAME)
                            .shown(|__row| (&&&&&__occ::Show(&__row.bytes)).occ_show())
                    }
                    3usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "name",
                                |__a, __b| {
                                    <&'a str as __occ::FieldValue>::same(&__a.name, &__b.name)
                                        && (&&__occ::Equal(&__a.name, &__b.name))
                                            .occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.name, &__b.name)).occ_is_same()
                                },
                                |__to, __from| <&'a str as __occ::FieldValue>::take(
                                    &mut __to.name,
                                    &__from.name,
                                ),
                            )
                            .column(<entrys::name as __occ::Column>::NAME)
                            .shown(|__row| (&&&&&__occ::Show(&__row.name)).occ_show())
                    }
                    4usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "parent",
                                |__a, __b| {
                                    <Option<
                                        Self::Parent,
                                    > as __occ::FieldValue>::same(&__a.parent, &__b.parent)
                                        && (&&__occ::Equal(&__a.parent, &__b.parent))
                                            .occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.parent, &__b.parent))
                                            .occ_is_same()
                                },
                                |__to, __from| <Option<
                                    Self::Parent,
                                > as __occ::FieldValue>::take(
                                    &mut __to.parent,
                                    &__from.parent,
                                ),
                            )
                            .column(<entrys::parent as __occ::Column>::NAME)
                            .shown(|__row| (&&&&&__occ::Show(&__row.parent)).occ_show())
                    }
                    _ => return __occ::None,
                },
            )
        }
    }
    #[automatically_derived]
    impl<'a, K: Key, V, const N: usize> __occ::SerializesNoSecret for Entry<'a, K, V, N>
    where
        V: Value,
        Entry<'a, K, V, N>: __occ::Clone,
        K: __occ::FieldValue,
        V: __occ::FieldValue,
        [u8; N]: __occ::FieldValue,
        Option<Self::Parent>: __occ::FieldValue,
        Stored<K>: __occ::Debug,
    {}
};
