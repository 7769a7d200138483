/* tests/unit/sanitized.h - whether this build has a sanitizer that keeps a shadow: it is terabytes, so such a build has no limits of memory. */
#ifndef TESTS_SANITIZED_H
#define TESTS_SANITIZED_H
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif
#endif
