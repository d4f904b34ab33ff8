//! Arguments that are one thing, or several of it.

/// `add_to` of a `Vec` and of tuples, for a trait that has it for one thing: that of each element, one after the other.
macro_rules! add_each {
    ($trait:ident, $list:ty; $(($($type:ident $n:tt),+))+) => {
        impl<M, O: $trait<M>> $trait<M> for Vec<O> {
            fn add_to(self, list: &mut $list) {
                for each in self {
                    each.add_to(list);
                }
            }
        }

        $(
            impl<M, $($type: $trait<M>),+> $trait<M> for ($($type,)+) {
                fn add_to(self, list: &mut $list) {
                    $(self.$n.add_to(list);)+
                }
            }
        )+
    };
}

pub(crate) use add_each;
