# The door between Python and the network: addresses and counts go in, counts come out. The same for all networks.

cdef extern from *:
    """
    #include <stdint.h>
    int64_t synloom_words(void);
    int64_t synloom_run(void* table, int64_t steps);
    int64_t synloom_refresh(void* table);
    """
    Py_ssize_t synloom_words() noexcept nogil
    Py_ssize_t synloom_run(void* table, Py_ssize_t steps) noexcept nogil
    Py_ssize_t synloom_refresh(void* table) noexcept nogil


def words():
    return synloom_words()


def run(Py_ssize_t address, Py_ssize_t steps):
    cdef Py_ssize_t done
    with nogil:
        done = synloom_run(<void*> address, steps)
    return done


def refresh(Py_ssize_t address):
    cdef Py_ssize_t done
    with nogil:
        done = synloom_refresh(<void*> address)
    return done
