// provisional: replaced by the tuned version
#pragma once
#include <math.h>
#include "synloom/kernel.hpp"
namespace synloom {
using ::exp; using ::sqrt; using ::sin; using ::cos; using ::tan; using ::floor; using ::ceil; using ::pow; using ::log10; using ::log2; using ::atan2; using ::tanh;
template<class R> R ln(R x){return log(x);} template<class R> R pos(R x){return x>0?x:R(0);} template<class R> R neg(R x){return x<0?x:R(0);}
template<class R> R clip(R x,R a,R b){return x<a?a:x>b?b:x;} template<class R> R modulo(R a,R b){return R((long long)a%(long long)b);}
template<class R> R power(R x,int k){R p=1; int n=k<0?-k:k; for(int q=0;q<n;++q)p*=x; return k<0?1/p:p;}
template<class R> R min(R a,R b){return b<a?b:a;} template<class R> R max(R a,R b){return a<b?b:a;}
template<class R> R floor_div(R a,R b){return floor(a/b);} template<class R> R remainder(R a,R b){return fmod(a,b);}
template<class R> R abs(R x){return x<0?-x:x;} template<class R> R sign(R x){return (x>0)-(x<0);} template<class R> R Heaviside(R x){return x<0?0:x>0?1:R(0.5);}
}
