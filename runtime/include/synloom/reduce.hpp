// provisional
#pragma once
#include <math.h>
#include "synloom/kernel.hpp"
namespace synloom {
template<class R> double mean_of(Index n,const R*x){double s=0;for(Index i=0;i<n;++i)s+=x[i];return n?s/n:0;}
template<class R> double max_of(Index n,const R*x){double s=n?x[0]:0;for(Index i=0;i<n;++i)if(x[i]>s)s=x[i];return s;}
template<class R> double min_of(Index n,const R*x){double s=n?x[0]:0;for(Index i=0;i<n;++i)if(x[i]<s)s=x[i];return s;}
template<class R> double norm1_of(Index n,const R*x){double s=0;for(Index i=0;i<n;++i)s+=x[i]<0?-x[i]:x[i];return s;}
template<class R> double norm2_of(Index n,const R*x){double s=0;for(Index i=0;i<n;++i)s+=double(x[i])*x[i];return sqrt(s);}
}
