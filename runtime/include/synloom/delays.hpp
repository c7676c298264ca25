// provisional
#pragma once
#include "synloom/kernel.hpp"
namespace synloom {
template<class R> struct DelayLine { const R* data; Index neurons, length, head;
  const R* at(Index age) const { Index k=head-age; if(k<0) k+=length; return data+k*neurons; }
  R operator()(Index age, Index n) const { return at(age)[n]; } };
template<class R,class S> inline void push(R* data, Index neurons, Index length, std::int64_t& head, const S* values){ head = head+1==length?0:head+1; R* row=data+head*neurons; for(Index i=0;i<neurons;++i) row[i]=R(values[i]); }
}
