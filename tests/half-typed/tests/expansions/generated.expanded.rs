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
            let _: __occ::check::Field<i32, nodes::id>;
            let _: __occ::check::Field<Key<Node>, nodes::parent>;
            let _: __occ::check::NoneAsNull<Option<Key<Node>>, nodes::parent>;
            let _: __occ::check::Field<(Node,), nodes::twin>;
            let _: __occ::check::Field<String, nodes::name>;
            let _: __occ::check::Counter<Xmin, nodes::xmin, _>;
            let _: __occ::check::Version<Xmin, nodes::xmin>;
            false
        },
    >;
    type __OccChecks = __occ::Declared<
        {
            let _: __occ::check::OnBackend<i32, nodes::id, diesel::pg::Pg, __OccFits>;
            let _: __occ::check::OnBackend<
                Option<Key<Node>>,
                nodes::parent,
                diesel::pg::Pg,
                __OccFits,
            >;
            let _: __occ::check::OnBackend<
                (Node,),
                nodes::twin,
                diesel::pg::Pg,
                __OccFits,
            >;
            let _: __occ::check::OnBackend<
                String,
                nodes::name,
                diesel::pg::Pg,
                __OccFits,
            >;
            let _: __occ::check::OnBackend<Xmin, nodes::xmin, diesel::pg::Pg, __OccFits>;
            __OccFits::WRONG
        },
    >;
    const _: () = if !<<Xmin as __occ::DefaultGenerator>::Generator as __occ::VersionGenerator<
        Xmin,
    >>::BY_DATABASE {
        __occ::panic!(
            "`skip_update` cannot be used on the version: a version that is not written does not move, and the check never fails\nhelp: remove `skip_update`"
        )
    };
    const _: () = {
        if let __occ::Some(__sentence) = __occ::wrong_key::<
            nodes::table,
            _,
        >(
            &__occ::StructKey {
                name: "Node",
                table: "nodes",
                columns: &["id"],
                fields: &[
                    __occ::KeyField {
                        name: "id",
                        column: <nodes::id as __occ::Column>::NAME,
                        in_key: true,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "parent",
                        column: <nodes::parent as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "twin",
                        column: <nodes::twin as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "name",
                        column: <nodes::name as __occ::Column>::NAME,
                        in_key: false,
                        is_version: false,
                    },
                    __occ::KeyField {
                        name: "xmin",
                        column: <nodes::xmin as __occ::Column>::NAME,
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
    impl __occ::OptimisticLock for Node {
        type Table = nodes::table;
        type Checks = __OccChecks;
        type StatementId = __OccStatements;
        const SQL_TEXT: __occ::SqlText = __occ::SqlText::with_optional_columns(0u32);
        type VersionColumn = nodes::xmin;
        type Version = Xmin;
        type Generator = <Xmin as __occ::check::GeneratorOf<__OccChecks>>::Generator;
        type Check = __occ::ByVersion;
        fn version(&self) -> &Self::Version {
            &self.xmin
        }
        fn set_version(&mut self, __version: Self::Version) -> Self::Version {
            __occ::replace(&mut self.xmin, __version)
        }
        fn table_name() -> &'static __occ::str {
            "nodes"
        }
        fn table() -> Self::Table {
            nodes::table
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
            &[<nodes::id as __occ::Column>::NAME]
        }
        fn columns() -> &'static [&'static __occ::str] {
            &[
                <nodes::id as __occ::Column>::NAME,
                <nodes::parent as __occ::Column>::NAME,
                <nodes::twin as __occ::Column>::NAME,
                <nodes::name as __occ::Column>::NAME,
                <nodes::xmin as __occ::Column>::NAME,
            ]
        }
        fn has_key_of(&self, __other: &Self) -> __occ::bool {
            (&&__occ::Pair(&self.id, &__other.id)).occ_same()
        }
        fn version_identity(&self) -> __occ::Identity<'_> {
            (&&&__occ::Probe(&self.xmin)).occ_identity()
        }
        fn sql_name() -> __occ::Option<&'static dyn __occ::Debug> {
            (&&__occ::NameOf::<
                <Self as __occ::OptimisticLock>::Table,
            >(__occ::PhantomData))
                .occ_name()
        }
    }
    #[automatically_derived]
    impl<__DB: __occ::Backend> __occ::Columns<__DB> for Node
    where
        i32: __occ::ColumnValue<nodes::id, __DB, __OccChecks>,
        Option<Key<Self>>: __occ::ColumnValue<nodes::parent, __DB, __OccChecks>,
        (Self,): __occ::ColumnValue<nodes::twin, __DB, __OccChecks>,
        String: __occ::ColumnValue<nodes::name, __DB, __OccChecks>,
        Xmin: __occ::ColumnValue<nodes::xmin, __DB, __OccChecks>,
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
                nodes::id,
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
                nodes::parent,
                _,
                __OccChecks,
            >(__visitor, &self.parent)?;
            __occ::ColumnVisitor::column::<
                nodes::twin,
                _,
                __OccChecks,
            >(__visitor, &self.twin)?;
            __occ::ColumnVisitor::column::<
                nodes::name,
                _,
                __OccChecks,
            >(__visitor, &self.name)?;
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
                nodes::xmin,
                _,
                __OccChecks,
            >(__visitor, __version)
        }
    }
    #[automatically_derived]
    impl<__DB: __occ::Backend> __occ::InsertColumns<__DB> for Node
    where
        Node: __occ::Columns<__DB>,
    {}
    #[automatically_derived]
    impl __occ::Trackable for Node {
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
                            .column(<nodes::id as __occ::Column>::NAME)
                            .key()
                            .shown(|__row| (&&&&&__occ::Show(&__row.id)).occ_show())
                    }
                    1usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "parent",
                                |__a, __b| {
                                    <Option<
                                        Key<Self>,
                                    > as __occ::FieldValue>::same(&__a.parent, &__b.parent)
                                        && (&&__occ::Equal(&__a.parent, &__b.parent))
                                            .occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.parent, &__b.parent))
                                            .occ_is_same()
                                },
                                |__to, __from| <Option<
                                    Key<Self>,
                                > as __occ::FieldValue>::take(
                                    &mut __to.parent,
                                    &__from.parent,
                                ),
                            )
                            .column(<nodes::parent as __occ::Column>::NAME)
                            .shown(|__row| (&&&&&__occ::Show(&__row.parent)).occ_show())
                    }
                    2usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "twin",
                                |__a, __b| {
                                    <(Self,) as __occ::FieldValue>::same(&__a.twin, &__b.twin)
                                        && (&&__occ::Equal(&__a.twin, &__b.twin))
                                            .occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.twin, &__b.twin)).occ_is_same()
                                },
                                |__to, __from| <(
                                    Self,
                                ) as __occ::FieldValue>::take(&mut __to.twin, &__from.twin),
                            )
                            .column(<nodes::twin as __occ::Column>::NAME)
                            .shown(|__row| (&&&&&__occ::Show(&__row.twin)).occ_show())
                    }
                    3usize => {
                        __occ::Field::<
                            Self,
                        >::new(
                                "name",
                                |__a, __b| {
                                    <String as __occ::FieldValue>::same(&__a.name, &__b.name)
                                        && (&&__occ::Equal(&__a.name, &__b.name))
                                            .occ_has_same_signs()
                                        || (&&__occ::NotANumber(&__a.name, &__b.name)).occ_is_same()
                                },
                                |__to, __from| <String as __occ::FieldValue>::take(
                                    &mut __to.name,
                                    &__from.name,
                                ),
                            )
                            .column(<nodes::name as __occ::Column>::NAME)
                            .shown(|__row| (&&&&&__occ::Show(&__row.name)).occ_show())
                    }
                    _ => return __occ::None,
                },
            )
        }
    }
    #[automatically_derived]
    impl __occ::SerializesNoSecret for Node {}
};
