// provisional
#pragma once
#include "synloom/kernel.hpp"
namespace synloom { template<class R> inline void fill(Index n, R* x){ for(Index i=0;i<n;++i) x[i]=R(0);} }
