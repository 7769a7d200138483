/* store/undef.h - the end of every .def file; included again and again, so it has no guard. */
#ifdef EXPAND_END
EXPAND_END
#endif
#ifndef EXPAND_KEEP
#undef TABLE
#undef FIELD
#endif
